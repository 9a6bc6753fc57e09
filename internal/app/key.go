package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"sync"
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

// keyRing finds keys by their hash. The process that owns the workspace is the
// only one that makes keys, so that memory is the truth.
type keyRing struct {
	mu   sync.RWMutex
	byIt map[[32]byte]lead.Key
}

func (k *keyRing) load(ctx context.Context, s store.Store) error {
	return s.Read(ctx, func(snap store.Snapshot) error {
		keys, err := snap.Keys()
		if err != nil {
			return err
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.byIt = make(map[[32]byte]lead.Key, len(keys))
		for _, key := range keys {
			k.byIt[key.Hash] = key
		}
		return nil
	})
}

// WriteKey finds a key by what a sender shows. ok is false for one that does not
// exist or is disabled. Looking up by the hash takes the same time for all.
func (a *App) WriteKey(_ context.Context, key string) (id int64, kind lead.KeyKind, ok bool, err error) {
	hash := sha256.Sum256([]byte(key))
	a.keys.mu.RLock()
	defer a.keys.mu.RUnlock()
	k, ok := a.keys.byIt[hash]
	return k.ID, k.Kind, ok && !k.Disabled, nil
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
	a.keys.mu.Lock()
	a.keys.byIt[key.Hash] = key
	a.keys.mu.Unlock()
	return text, nil
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
