package sqlite

import (
	"database/sql"
	"fmt"

	"galena/internal/fault"
	"galena/internal/lead"
)

var (
	insertKey = define(`INSERT INTO keys (hash, hint, kind, name, created, disabled)
		VALUES (?, ?, ?, ?, ?, ?) RETURNING id`)
	replaceKey = define(`UPDATE keys SET hash = ?, hint = ?, kind = ?, name = ?, created = ?, disabled = ? WHERE id = ?`)
	allKeys    = define(`SELECT id, hash, hint, kind, name, created, disabled FROM keys ORDER BY id`)
)

func (t *tx) PutKey(key *lead.Key) error {
	args := []any{key.Hash[:], key.Hint, string(key.Kind), key.Name, int64(key.Created), key.Disabled}
	var err error
	if key.ID == 0 {
		var id int64
		if _, err = t.one(insertKey, &id, args...); err == nil {
			key.ID = id
		}
	} else {
		var n int64
		if n, err = t.exec(replaceKey, append(args, key.ID)...); err == nil && n == 0 {
			return t.refuse("Key %d does not exist.", key.ID)
		}
	}
	if isUnique(err) {
		t.err = fault.Wrap(err, fault.Internal, "Another key than %q has the same hash.", key.Name)
		return t.err
	}
	return err
}

func (s *snapshot) Keys() ([]lead.Key, error) {
	return list(s, allKeys, func(rows *sql.Rows, k *lead.Key) error {
		var hash []byte
		if err := rows.Scan(&k.ID, &hash, &k.Hint, &k.Kind, &k.Name, &k.Created, &k.Disabled); err != nil {
			return err
		}
		if len(hash) != len(k.Hash) {
			return fmt.Errorf("hash of key %d has %d bytes", k.ID, len(hash))
		}
		k.Hash = [32]byte(hash)
		return nil
	})
}
