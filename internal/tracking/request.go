package tracking

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
)

// firstRead is how much memory a request gets before it has sent as much: the
// length it announces is only a promise.
const firstRead = 32 << 10

var byteOrderMark = []byte("\xEF\xBB\xBF")

// body reads the request's body, inflated.
func (h *handler) body(w http.ResponseWriter, r *http.Request) ([]byte, answer) {
	var sent bytes.Buffer
	sent.Grow(firstRead)
	if _, err := sent.ReadFrom(http.MaxBytesReader(w, r.Body, int64(h.limits.Body))); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, h.tooLarge()
		}
		return nil, bodyIncomplete
	}
	body := sent.Bytes()
	switch strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))) {
	case "", "identity":
	case "gzip", "x-gzip":
		var refused answer
		if body, refused = h.inflate(body); refused != nil {
			return nil, refused
		}
	default:
		return nil, unknownEncoding
	}
	return bytes.TrimPrefix(body, byteOrderMark), nil
}

func (h *handler) inflate(sent []byte) ([]byte, answer) {
	unzip, err := gzip.NewReader(bytes.NewReader(sent))
	if err != nil {
		return nil, brokenGzip
	}
	limit := min(h.limits.Body, h.limits.Ratio*len(sent))
	var body bytes.Buffer
	n, err := body.ReadFrom(io.LimitReader(unzip, int64(limit)+1))
	switch {
	case n > int64(limit):
		return nil, h.tooLarge()
	case err != nil:
		return nil, brokenGzip
	}
	return body.Bytes(), nil
}

func (h *handler) tooLarge() answer {
	return refuse("body_too_large", "the body has more than %d bytes, or inflates to more than %d times its size; send fewer messages at once",
		h.limits.Body, h.limits.Ratio).failure(http.StatusRequestEntityTooLarge)
}
