package app

import (
	"context"
	"sync"
	"time"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/privacy"
	"galena/internal/store"
)

const (
	// keysFresh is how long after a reading began its keys are taken for what they
	// are: another node may make one, or revoke one.
	keysFresh = time.Second
	// keysPatience bounds one reading of them.
	keysPatience = 5 * time.Second
)

// keyRing finds keys by their hash in memory. In a workspace that others write to
// as well it reads them again once they are no longer fresh, and before it says
// that there is no such key. Beside them it has the policy of what is kept of people,
// for which whoever asks for a key asks, too.
type keyRing struct {
	store  store.Store
	shared bool

	mu     sync.RWMutex
	byHash map[[32]byte]lead.Key
	policy privacy.Policy
	read   time.Time // when the last reading of them began, well or badly
	failed error

	// changing has room for the one who reads the keys or puts one: a reading that
	// began before a key was made must not take its place.
	changing chan struct{}
}

func newKeyRing(ctx context.Context, s store.Store) (*keyRing, error) {
	k := &keyRing{store: s, changing: make(chan struct{}, 1)}
	return k, k.refresh(ctx)
}

// find gives the key with a hash.
func (k *keyRing) find(ctx context.Context, hash [32]byte) (key lead.Key, ok bool, err error) {
	if k.shared {
		err = k.refresh(ctx)
	}
	key, ok, fresh := k.look(hash)
	if ok || err != nil || !k.shared {
		return key, ok, err
	}
	// It may have been made since they were read.
	select {
	case <-ctx.Done():
		return lead.Key{}, false, tooLate(ctx)
	case <-time.After(fresh):
	}
	if err = k.refresh(ctx); err == nil {
		key, ok, _ = k.look(hash)
	}
	return key, ok, err
}

// look gives a key of those that were read, and how long they are still fresh.
func (k *keyRing) look(hash [32]byte) (key lead.Key, ok bool, fresh time.Duration) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	key, ok = k.byHash[hash]
	return key, ok, keysFresh - time.Since(k.read)
}

// kept gives the policy.
func (k *keyRing) kept(ctx context.Context) (privacy.Policy, error) {
	if k.shared {
		if err := k.refresh(ctx); err != nil {
			return privacy.Policy{}, err
		}
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.policy, nil
}

// putPolicy replaces the policy by one that this process has just committed.
func (k *keyRing) putPolicy(p privacy.Policy) {
	k.changing <- struct{}{}
	defer func() { <-k.changing }()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.policy = p
}

// put adds or replaces a key that this process has just committed.
func (k *keyRing) put(key lead.Key) {
	k.changing <- struct{}{}
	defer func() { <-k.changing }()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.byHash[key.Hash] = key
}

// refresh reads the keys if they are not fresh. Those who ask meanwhile share the
// next reading, also when it fails or takes longer than keys are fresh.
func (k *keyRing) refresh(ctx context.Context) error {
	asked := time.Now()
	if fresh, err := k.readSince(asked.Add(-keysFresh)); fresh {
		return err
	}
	select {
	case k.changing <- struct{}{}:
		defer func() { <-k.changing }()
	case <-ctx.Done():
		return tooLate(ctx)
	}
	if fresh, err := k.readSince(asked.Add(-keysFresh)); fresh {
		return err
	}
	began := time.Now()
	// Others wait for this, whatever becomes of the request that began it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysPatience)
	defer cancel()
	var keys []lead.Key
	var policy privacy.Policy
	err := k.store.Read(ctx, func(snap store.Snapshot) (err error) {
		if policy, err = pipeline.Policy(snap); err == nil {
			keys, err = snap.Keys()
		}
		return err
	})
	k.mu.Lock()
	defer k.mu.Unlock()
	k.read, k.failed = began, err
	if err != nil {
		return err
	}
	k.policy = policy
	k.byHash = make(map[[32]byte]lead.Key, len(keys))
	for _, key := range keys {
		k.byHash[key.Hash] = key
	}
	return nil
}

func tooLate(ctx context.Context) error {
	return fault.Wrap(ctx.Err(), fault.Busy, "The request ended before its write key was looked up.")
}

// readSince tells whether the last reading began after a moment, and how it went.
func (k *keyRing) readSince(moment time.Time) (bool, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.read.After(moment), k.failed
}
