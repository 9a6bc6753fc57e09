package tracking

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"galena/internal/lead"
)

func TestPassages(t *testing.T) {
	t.Parallel()
	sink := &recorder{}
	var seen []Passage
	h := New(Config{Sink: sink, Keys: keyring{}, Clock: func() lead.Time { return received }, Rate: 10, Watch: func(p Passage) {
		if p.Took < 0 {
			t.Errorf("took %s", p.Took)
		}
		p.Took = 0
		seen = append(seen, p)
	}})
	for _, c := range []struct {
		method, path, body string
		want               []Passage
	}{
		{"POST", "/v1/batch", `{"batch":[` + good + `,` + good + `,7]}`, []Passage{{Accepted: 1, Duplicates: 1, Rejected: []string{CodeNotAnObject}}}},
		{"POST", "/v1/track", `{`, []Passage{{Refused: CodeInvalidJSON}}},
		{"GET", "/v1/pixel/page?userId=u&messageId=p&writeKey=" + browserKey, "", []Passage{{Accepted: 1}}},
		{"GET", "/v1/pixel/track?userId=u&writeKey=" + browserKey, "", []Passage{{Rejected: []string{CodeMissingEvent}}}},
		{"GET", "/v1/pixel/track?data=!&writeKey=" + browserKey, "", []Passage{{Refused: CodeInvalidJSON}}},
		{"GET", "/v1/pixel/track?writeKey=" + serverKey, "", []Passage{{Refused: "key_may_not_send"}}},
		{"GET", "/v1/pixel/track?writeKey=unknown", "", []Passage{{Refused: "invalid_write_key"}}},
		{"POST", "/v1/batch", `{"batch":[` + items(6) + `]}`, []Passage{{Rejected: slices.Repeat([]string{CodeNotAnObject}, 6)}}},
		{"POST", "/v1/batch", `{"batch":[` + items(1) + `]}`, []Passage{{Refused: "too_many_requests"}}},
		{"POST", "/v1/m", `{}`, nil},
		{"OPTIONS", "/v1/track", "", nil},
		{"GET", "/sourceConfig/", "", nil},
		{"POST", "/nowhere", good, nil},
	} {
		seen = nil
		key := serverKey
		if c.method == "GET" {
			key = "" // it is in the address
		}
		call(h, c.method, c.path, c.body, "X-Write-Key", key)
		if diff := cmp.Diff(c.want, seen); diff != "" {
			t.Errorf("%s %s: %s", c.method, c.path, diff)
		}
	}
	sink.err, seen = errors.New("broken"), nil
	call(h, "POST", "/v1/track", good, "X-Write-Key", browserKey)
	if len(seen) != 1 || seen[0].Refused != "internal" {
		t.Errorf("%+v", seen)
	}
}
