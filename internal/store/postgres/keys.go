package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"galena/internal/fault"
	"galena/internal/lead"
)

// keyHashes is the index by which no two keys have the same hash.
const keyHashes = "keys_hash"

var (
	insertKey = define(`INSERT INTO keys (id, hash, hint, kind, name, created, disabled)
		SELECT coalesce(max(id), 0) + 1, $1::bytea, $2::text, $3::text, $4::text, $5::bigint, $6::boolean FROM keys RETURNING id`)
	replaceKey = define(`UPDATE keys SET hash = $1::bytea, hint = $2::text, kind = $3::text, name = $4::text, created = $5::bigint,
		disabled = $6::boolean WHERE id = $7::bigint RETURNING id`)
	allKeys = define(`SELECT id, hash, hint, kind, name, created, disabled FROM keys ORDER BY id`)
)

func (t *tx) PutKey(key *lead.Key) error {
	query, args := insertKey, []any{key.Hash[:], pack(key.Hint), pack(string(key.Kind)), pack(key.Name), int64(key.Created), key.Disabled}
	if key.ID != 0 {
		query, args = replaceKey, append(args, key.ID)
	}
	var id int64
	err := t.one(query, []any{&id}, args...)
	if codeOf(err) == uniqueViolation && constraintOf(err) == keyHashes {
		t.err = fault.Wrap(err, fault.Internal, "Another key than %q has the same hash.", key.Name)
		return t.err
	}
	if err == nil && id == 0 {
		return t.refuse("Key %d does not exist.", key.ID)
	}
	if err == nil {
		key.ID = id
	}
	return err
}

func (s *snapshot) Keys() ([]lead.Key, error) {
	return list(s, allKeys, func(rows pgx.Rows, k *lead.Key) error {
		var hash []byte
		if err := rows.Scan(&k.ID, &hash, &k.Hint, (*string)(&k.Kind), &k.Name, (*int64)(&k.Created), &k.Disabled); err != nil {
			return err
		}
		if len(hash) != len(k.Hash) {
			return fmt.Errorf("hash of key %d has %d bytes", k.ID, len(hash))
		}
		k.Hash = [32]byte(hash)
		return unpackAll(&k.Hint, (*string)(&k.Kind), &k.Name)
	})
}
