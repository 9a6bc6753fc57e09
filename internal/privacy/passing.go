package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
)

// Passer is what tells those apart who send no id: through which key they came, from
// where, by what browser and on which site.
type Passer struct {
	Key                    int64
	Address, Browser, Site string
}

// passing begins the ids that are made for them.
const passing = "daily-"

// ID is by what the events of a passer are gathered as long as a salt lasts. Once that
// is gone, nobody can tell whose it was, or that two of them were the same.
func (p *Passer) ID(salt []byte) string {
	mac := hmac.New(sha256.New, salt)
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(p.Key))
	mac.Write(number[:])
	for _, text := range []string{p.Address, p.Browser, p.Site} {
		binary.BigEndian.PutUint64(number[:], uint64(len(text)))
		mac.Write(number[:])
		_, _ = io.WriteString(mac, text) // never fails
	}
	return passing + hex.EncodeToString(mac.Sum(nil)[:16])
}
