package sqlite

import (
	"encoding/binary"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
)

// FuzzEntry reads entries that may be damaged.
func FuzzEntry(f *testing.F) {
	entry, _ := appendRow(nil, store.LeadRow{ID: 5, WakeAt: 77, State: []byte("state")})
	entry = appendGone(entry, 1<<40)
	entry = appendRefiled(entry, 8, 9, lead.HashMessage("m"))
	f.Add(entry)
	f.Add(entry[:len(entry)-1])
	f.Add(binary.AppendVarint(nil, 3))
	f.Add([]byte{2, 0, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, entry []byte) {
		var again []byte
		err := readEntry(entry, func(row store.LeadRow, gone bool) {
			if gone {
				again = appendGone(again, row.ID)
			} else {
				again, _ = appendRow(again, row)
			}
		}, func(seq int64, id lead.ID, hash lead.MessageHash) { again = appendRefiled(again, seq, id, hash) })
		if err != nil {
			return
		}
		n := 0
		if err := readEntry(again, func(store.LeadRow, bool) { n++ }, func(int64, lead.ID, lead.MessageHash) { n++ }); err != nil || (n == 0) != (len(entry) == 0) {
			t.Errorf("what was read of %x was written as %x, which cannot be read: %v", entry, again, err)
		}
	})
}
