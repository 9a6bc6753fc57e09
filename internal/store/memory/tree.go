package memory

import (
	"iter"
	"math/rand/v2"
)

// tree is a persistent ordered map: with and without give a new tree and leave
// the old one as it was. The zero value is empty; order must be set.
//
// It is a treap. Its shape depends on chance, what it holds does not.
type tree[K, V any] struct {
	order func(a, b K) int
	root  *node[K, V]
	size  int
}

type node[K, V any] struct {
	key         K
	value       V
	weight      uint64 // not above its parent's
	left, right *node[K, V]
}

func ordered[K, V any](order func(a, b K) int) tree[K, V] { return tree[K, V]{order: order} }

func (t tree[K, V]) get(key K) (V, bool) {
	for n := t.root; n != nil; {
		switch c := t.order(key, n.key); {
		case c < 0:
			n = n.left
		case c > 0:
			n = n.right
		default:
			return n.value, true
		}
	}
	var none V
	return none, false
}

func (t tree[K, V]) with(key K, value V) tree[K, V] {
	below, found, above := t.split(t.root, key)
	n := &node[K, V]{key: key, value: value}
	if found == nil {
		n.weight = rand.Uint64()
		t.size++
	} else {
		n.weight = found.weight
	}
	t.root = merge(merge(below, n), above)
	return t
}

func (t tree[K, V]) without(key K) tree[K, V] {
	below, found, above := t.split(t.root, key)
	if found == nil {
		return t
	}
	t.root = merge(below, above)
	t.size--
	return t
}

// split parts n into what is below key, the node of key itself, and what is above.
func (t tree[K, V]) split(n *node[K, V], key K) (below, found, above *node[K, V]) {
	if n == nil {
		return nil, nil, nil
	}
	here := *n
	switch c := t.order(key, n.key); {
	case c < 0:
		below, found, here.left = t.split(n.left, key)
		return below, found, &here
	case c > 0:
		here.right, found, above = t.split(n.right, key)
		return &here, found, above
	default:
		return n.left, n, n.right
	}
}

// merge joins two trees of which the first is wholly below the second.
func merge[K, V any](below, above *node[K, V]) *node[K, V] {
	switch {
	case below == nil:
		return above
	case above == nil:
		return below
	case below.weight >= above.weight:
		here := *below
		here.right = merge(below.right, above)
		return &here
	default:
		here := *above
		here.left = merge(below, above.left)
		return &here
	}
}

// from walks upwards through the keys at or above key.
func (t tree[K, V]) from(key K) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		var walk func(n *node[K, V]) bool
		walk = func(n *node[K, V]) bool {
			if n == nil {
				return true
			}
			if t.order(key, n.key) > 0 {
				return walk(n.right)
			}
			return walk(n.left) && yield(n.key, n.value) && walk(n.right)
		}
		walk(t.root)
	}
}
