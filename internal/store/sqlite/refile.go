package sqlite

import (
	"bytes"
	"database/sql"
	"slices"

	"galena/internal/lead"
)

var (
	filedAt  = define(`SELECT lead, hash FROM events WHERE seq = ?`)
	cutBlock = define(`UPDATE blocks SET keys = ? WHERE id = ?`)
	cutHead  = define(`UPDATE runs SET keys = ?, fences = ? WHERE id = ?`)
)

// refile lets an event be found under another lead or hash; 0 and the zero hash
// stand for what it has. It is called before the event's row is changed, in the
// same transaction, and leaves nothing in the indexes of what the row said before.
func (t *tx) refile(seq int64, id lead.ID, hash lead.MessageHash) error {
	var owner lead.ID
	var was []byte
	found := false
	err := t.each(filedAt, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&owner, &was)
	}, seq)
	if err != nil {
		return err
	}
	if !found || len(was) != len(hash) {
		return t.refuse("Event %d does not exist.", seq)
	}
	if id == 0 {
		id = owner
	}
	if hash == (lead.MessageHash{}) {
		hash = lead.MessageHash(was)
	}
	for k, before := range map[kind]key{byMessage: messageKey(lead.MessageHash(was), seq), byLead: leadKey(owner, seq)} {
		if err := t.strike(k, before); err != nil {
			return err
		}
	}
	t.entry = appendRefiled(t.entry, seq, id, hash)
	t.own.refile(seq, id, hash)
	return t.err
}

// strike takes a key out of the runs, if it is in one. Its bits stay in the
// filter, which many keys share.
func (t *tx) strike(of kind, k key) error {
	a, b := filtered(k)
	for i, r := range t.runs {
		if r.kind != of || !r.filter.mayHave(a, b) {
			continue
		}
		n := r.blockFor(k)
		block, err := t.block(r, n)
		if err != nil {
			return err
		}
		at := search(block, k) * keyBytes
		if at == len(block) || key(block[at:]) != k {
			continue
		}
		block = slices.Delete(block, at, at+keyBytes)
		if _, err := t.exec(cutBlock, block, r.blockID(n)); err != nil {
			return err
		}
		less := *r
		less.keys--
		if at == 0 {
			less.fences = fencesWithout(k, r.fences, n, block)
		}
		t.runs = slices.Clone(t.runs)
		t.runs[i] = &less
		t.struck[r.id] = true
	}
	return t.err
}

// fencesWithout gives the fences of a run in which a key was struck that was the
// first of block n, and leaves the block as it is now. Of an empty block the fence
// is the next one's, so that no fence shows a key that is no more.
func fencesWithout(k key, fences []byte, n int, block []byte) []byte {
	fences = slices.Clone(fences)
	at := n * keyBytes
	if string(fences[at:at+keyBytes]) != string(k[:]) {
		return fences // of a process that was there before
	}
	first := bytes.Repeat([]byte{0xff}, keyBytes)
	if len(block) > 0 {
		first = block[:keyBytes]
	} else if at+keyBytes < len(fences) {
		first = fences[at+keyBytes : at+2*keyBytes]
	}
	for ; at >= 0 && string(fences[at:at+keyBytes]) == string(k[:]); at -= keyBytes {
		copy(fences[at:], first)
	}
	return fences
}

// cutHeads writes the heads of the runs in which keys were struck: once, since
// each holds a large filter.
func (t *tx) cutHeads() error {
	for _, r := range t.runs {
		if !t.struck[r.id] {
			continue
		}
		if _, err := t.exec(cutHead, r.keys, r.fences, r.id); err != nil {
			return err
		}
	}
	return t.err
}
