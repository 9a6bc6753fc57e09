package postgres

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"galena/internal/fault"
)

// escape begins a text that is written in hexadecimal digits because a text of
// PostgreSQL cannot hold it. It is the control character DLE, "data link escape".
const escape = "\x10"

// pack makes of any bytes a text that PostgreSQL can hold: the same text, but
// for what is not valid UTF-8, holds a zero byte, or looks packed.
func pack(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 && !strings.HasPrefix(text, escape) {
		return text
	}
	return escape + hex.EncodeToString([]byte(text))
}

// unpack gives back what pack was given.
func unpack(text string) (string, error) {
	digits, packed := strings.CutPrefix(text, escape)
	if !packed {
		return text, nil
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "A text in the database is neither plain nor packed.")
	}
	return string(b), nil
}

// unpackAll unpacks texts in their places.
func unpackAll(texts ...*string) error {
	for _, text := range texts {
		plain, err := unpack(*text)
		if err != nil {
			return err
		}
		*text = plain
	}
	return nil
}

// bytesOrNull gives what is kept of bytes: no bytes are NULL, and come back as nil.
func bytesOrNull(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
