package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"galena/internal/fault"
)

// The cost of a password's hash, by OWASP's advice of 2023 for argon2id: 19 MiB,
// two passes.
const (
	hashMemory = 19 << 10 // KiB
	hashPasses = 2
	hashLength = 32
	saltLength = 16
	// hashesAtOnce bounds the memory that sign-ins take together.
	hashesAtOnce = 2
	// maxWaiting bounds who waits for that: a few seconds' work.
	maxWaiting = 100

	minPassword = 12  // characters
	maxPassword = 256 // bytes
)

var (
	hashing = make(chan struct{}, hashesAtOnce)
	waiting = make(chan struct{}, hashesAtOnce+maxWaiting)
)

// hash is how a password is kept, in the PHC string format.
func hash(ctx context.Context, password string) (string, error) {
	var salt [saltLength]byte
	_, _ = rand.Read(salt[:]) // never fails
	sum, err := derive(ctx, password, salt[:])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, hashMemory, hashPasses,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(sum)), nil
}

func derive(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case waiting <- struct{}{}:
		defer func() { <-waiting }()
	default:
		return nil, fault.New(fault.Busy, "Too many people sign in at the same time. Wait a minute and try again.")
	}
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, 1, hashLength), nil
}

// nobody is what a password is compared with where there is no user, so that it
// takes as long.
var nobody = "$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43)

// matches compares a password with what is kept of one. A kept text that is no
// hash of this package matches nothing.
func matches(ctx context.Context, kept, password string) (bool, error) {
	if kept == "" {
		kept = nobody
	}
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, nil
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, nil
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(password) > maxPassword {
		return false, nil
	}
	got, err := derive(ctx, password, salt)
	return kept != nobody && subtle.ConstantTimeCompare(got, want) == 1, err
}

// checkPassword refuses what is guessed at once. There are no rules on kinds of
// characters: they make people write worse ones.
func checkPassword(password, email string) error {
	lower := strings.ToLower(password)
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return fault.New(fault.Invalid, "The password is too short: write at least %d characters. A few words make a good one.", minPassword)
	case len(password) > maxPassword:
		return fault.New(fault.Invalid, "The password is too long: %d bytes are the most.", maxPassword)
	case strings.Count(lower, lower[:1]) == len(lower):
		return fault.New(fault.Invalid, "The password is one character again and again. A few words make a good one.")
	case lower == strings.ToLower(email):
		return fault.New(fault.Invalid, "The password is the address. A few words make a good one.")
	}
	for _, common := range []string{"123456789012", "passwordpassword", "password1234", "qwertyuiop", "galena"} {
		if strings.HasPrefix(lower, common) && len(lower) < len(common)+6 {
			return fault.New(fault.Invalid, "The password is among the first that are guessed. A few words make a good one.")
		}
	}
	return nil
}
