package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strconv"
	"strings"
	"unicode/utf8"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// A key is keyLength characters of keyAlphabet beginning with c: the only form
// that every Segment-compatible SDK accepts. The 24 random ones carry 124 bits.
const (
	keyLength   = 25
	keyAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
	hintLength  = 6
	maxKeyName  = 100
)

// WriteKey finds a key by what a sender shows. ok is false for one that does not
// exist or is disabled. In a shared workspace what another node did about a key
// is known here within a second, and only then is a key said not to exist.
// Looking up by the hash takes the same time for all that exist.
func (a *App) WriteKey(ctx context.Context, key string) (id int64, kind lead.KeyKind, ok bool, err error) {
	k, ok, err := a.keys.find(ctx, sha256.Sum256([]byte(key)))
	return k.ID, k.Kind, ok && !k.Disabled, err
}

// CreateKey makes a write key and returns it. Only its hash is kept.
func (a *App) CreateKey(ctx context.Context, kind lead.KeyKind, name string) (string, error) {
	switch kind {
	case lead.BrowserKey, lead.ServerKey, lead.APIKey:
	default:
		return "", fault.New(fault.Invalid, "The kind of a key is browser, server or api, not %q.", string(kind))
	}
	if name = strings.TrimSpace(name); name == "" || len(name) > maxKeyName || !utf8.ValidString(name) {
		return "", fault.New(fault.Invalid, "A key needs a name of 1 to %d bytes that says who uses it.", maxKeyName)
	}
	text := newKey()
	key := lead.Key{Hash: sha256.Sum256([]byte(text)), Hint: text[:hintLength], Kind: kind, Name: name}
	err := a.store.Write(ctx, func(tx store.Tx) error {
		now, err := tx.Now()
		if err != nil {
			return err
		}
		key.ID, key.Created = 0, now
		return tx.PutKey(&key)
	})
	if err != nil {
		return "", err
	}
	a.keys.put(key)
	return text, nil
}

// Keys lists all write keys, the oldest first, without what they could be
// guessed by.
func (r *Reader) Keys(ctx context.Context) ([]lead.Key, error) {
	var keys []lead.Key
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		keys, err = snap.Keys()
		return err
	})
	for i := range keys {
		keys[i].Hash = [32]byte{}
	}
	return keys, err
}

// RevokeKey disables a key for good: when it returns, no request that shows the
// key is admitted by this process any more, and a second later by no other node. which is its id or its hint. A key that was revoked
// before is a fault.Conflict, and so is a hint that several keys share.
func (a *App) RevokeKey(ctx context.Context, which string) (lead.Key, error) {
	var key lead.Key
	err := a.store.Write(ctx, func(tx store.Tx) error {
		keys, err := tx.Keys()
		if err != nil {
			return err
		}
		if key, err = findKey(keys, strings.TrimSpace(which)); err != nil {
			return err
		}
		if key.Disabled {
			return fault.New(fault.Conflict, "Key %d (%s, %q) has been revoked already.", key.ID, key.Kind, key.Name)
		}
		key.Disabled = true
		return tx.PutKey(&key)
	})
	if err != nil {
		return lead.Key{}, err
	}
	a.keys.put(key)
	key.Hash = [32]byte{}
	return key, nil
}

// findKey finds a key by its id or its hint. Every hint begins with a letter,
// so that it is no id.
func findKey(keys []lead.Key, which string) (lead.Key, error) {
	var found []lead.Key
	for _, k := range keys {
		if k.Hint == which || strconv.FormatInt(k.ID, 10) == which {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 0:
		// What was given may be a key itself, and is not repeated.
		return lead.Key{}, fault.New(fault.NotFound, "No key has this id or hint. `galena key list` shows them; a hint is the first %d characters of a key.", hintLength)
	case 1:
		return found[0], nil
	}
	return lead.Key{}, fault.New(fault.Conflict, "%d keys begin with %q. Name the key by its id; `galena key list` shows it.", len(found), which)
}

func newKey() string {
	key := []byte{'c'}
	var random [64]byte
	for len(key) < keyLength {
		rand.Read(random[:])
		for _, b := range random {
			// 252 is the largest multiple of 36 in a byte: no character is likelier.
			if b < 252 && len(key) < keyLength {
				key = append(key, keyAlphabet[b%36])
			}
		}
	}
	return string(key)
}
