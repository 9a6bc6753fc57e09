// Package lead holds the nouns of Galena's field: what an event is, what a
// decision is, how time, points and identifiers are written.
//
// It is the ground floor. Nothing here reads a clock, a file or a network, and
// nothing here knows a playbook or a store.
package lead

import (
	"crypto/sha256"
	"strconv"
)

// ID names a lead, contact or visitor within a workspace. IDs are given out in
// ascending order; zero is "none".
type ID int64

// String writes the id as people see it: "lead_42".
func (id ID) String() string { return "lead_" + strconv.FormatInt(int64(id), 10) }

// MarshalText uses the form of String.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// ParseID reads what String writes, and the bare number.
func ParseID(s string) (ID, bool) {
	const prefix = "lead_"
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		s = s[len(prefix):]
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, false
	}
	return ID(n), true
}

// IdentifierKind says what sort of name an Identifier is. The numbers are stored.
type IdentifierKind uint8

const (
	// Anonymous is a browser's or device's own id.
	Anonymous IdentifierKind = 1
	// User is the id of a person in the sender's system.
	User IdentifierKind = 2
	// Email is an address in the form used for matching (see identity.Email).
	Email IdentifierKind = 3
	// Phone is a number in the form of E.164 (see identity.Phone).
	Phone IdentifierKind = 4
)

func (k IdentifierKind) String() string {
	switch k {
	case Anonymous:
		return "anonymous_id"
	case User:
		return "user_id"
	case Email:
		return "email"
	case Phone:
		return "phone"
	}
	return "unknown"
}

// Identifier is one name by which a lead is recognised. Comparable.
type Identifier struct {
	Kind  IdentifierKind
	Value string
}

// MessageHash is the key by which an event is known to have been seen: the
// first 128 bits of the SHA-256 of its message id, and nothing else.
type MessageHash [16]byte

// HashMessage computes the MessageHash of a message id.
func HashMessage(messageID string) MessageHash {
	sum := sha256.Sum256([]byte(messageID))
	return MessageHash(sum[:16])
}
