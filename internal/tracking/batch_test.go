package tracking

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

func TestBatchEnvelope(t *testing.T) {
	t.Parallel()
	const raw = "\n" + `{"context":{"library":{"name":"go"},"locale":"en","ip":"10.0.0.1"},"integrations":{"All":true,"X":1},` +
		`"sentAt":"2026-11-18T10:00:10Z","timestamp":"1999-01-01T00:00:00Z","batch":[` +
		`{"type":"page","userId":"a","timestamp":"2026-11-18T10:00:00Z","context":{"locale":"de"}},` +
		`{"type":"page","userId":"b","timestamp":"2026-11-18T10:00:00Z","sentAt":"2026-11-18T10:00:00Z","integrations":{"All":false}},` +
		`{"type":"page","userId":"c","integrations":false,"context":null}]} `
	from := Arrival{Received: received, Origin: lead.Server, Source: 2, Backfill: true}
	batch, err := Decoder{}.Batch([]byte(raw), from)
	if err != nil || len(batch.Rejects) != 0 {
		t.Fatal(err, batch.Rejects)
	}
	want := []lead.Event{
		{UserID: "a", Occurred: received - 10_000, Body: []byte(`{"context":{"locale":"de","library":{"name":"go"},"ip":"10.0.0.0"},"integrations":{"All":true,"X":1}}`)},
		{UserID: "b", Occurred: received, Body: []byte(`{"context":{"library":{"name":"go"},"locale":"en","ip":"10.0.0.0"},"integrations":{"All":false,"X":1}}`)},
		{UserID: "c", Occurred: received, Body: []byte(`{"context":{"library":{"name":"go"},"locale":"en","ip":"10.0.0.0"},"integrations":false}`)},
	}
	for i := range want {
		want[i].Type, want[i].Origin, want[i].Source, want[i].Backfill = lead.Page, lead.Server, 2, true
		if err := want[i].Open(); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(batch.Events[i], want[i]) {
			t.Errorf("event %d:\n got %+v %s\nwant %+v %s", i, batch.Events[i], batch.Events[i].Body, want[i], want[i].Body)
		}
	}
}

func TestBatchRefused(t *testing.T) {
	t.Parallel()
	for raw, code := range map[string]string{
		``:                                CodeEmptyBody,
		` `:                               CodeEmptyBody,
		`{}`:                              CodeInvalidBatch,
		`[]`:                              CodeNotAnObject,
		`null`:                            CodeNotAnObject,
		`"x"`:                             CodeNotAnObject,
		`1`:                               CodeNotAnObject,
		`x`:                               CodeInvalidJSON,
		`{`:                               CodeInvalidJSON,
		`{"batch":[]`:                     CodeInvalidJSON,
		`{"batch":[{"a":"]}`:              CodeInvalidJSON,
		`{"batch":[],}`:                   CodeInvalidJSON,
		`{,"batch":[]}`:                   CodeInvalidJSON,
		`{"batch"}`:                       CodeInvalidJSON,
		`{"batch" []}`:                    CodeInvalidJSON,
		`{batch:[]}`:                      CodeInvalidJSON,
		`{"\x":1,"batch":[]}`:             CodeInvalidJSON,
		`{/**/"batch":[]}`:                CodeInvalidJSON,
		`{"sentAt":01,"batch":[]}`:        CodeInvalidJSON,
		`{"x":{"a":1]},"batch":[]}`:       CodeTrailingData,
		`{"batch":[]}{"batch":[]}`:        CodeTrailingData,
		`{"batch":[]} x`:                  CodeTrailingData,
		`{"batch":{}}`:                    CodeInvalidBatch,
		`{"batch":null}`:                  CodeInvalidBatch,
		`{"Batch":[]}`:                    CodeInvalidBatch,
		`{"batch":"[]"}`:                  CodeInvalidBatch,
		`{"batch":[],"batch":[]}`:         CodeDuplicateKey,
		`{"batch":[],"context":1}`:        CodeInvalidField,
		`{"batch":[],"context":"x"}`:      CodeInvalidField,
		"{\x00\"batch\":[]}":              CodeInvalidJSON,
		"\xff\xfe{\x00\"\x00}\x00":        CodeInvalidJSON,
		`{"batch":[` + items(2501) + `]}`: CodeTooManyEvents,
		`{` + names(5001) + `}`:           CodeTooManyNames,
		`{"batch":[` + items(2500) + `],"context":{"a":"` + strings.Repeat("x", 2000) + `"}}`: CodeEnvelopeTooLarge,
	} {
		_, err := Decoder{}.Batch([]byte(raw), browser)
		refusal, ok := errors.AsType[*Refusal](err)
		if !ok || refusal.Code != code {
			t.Errorf("%.40q: %v, want %s", raw, err, code)
		}
	}
	batch, err := Decoder{}.Batch([]byte(`{"batch":[`+items(2500)+`]}`), browser)
	if err != nil || len(batch.Rejects) != 2500 {
		t.Errorf("2,500 messages: %v, %d rejects", err, len(batch.Rejects))
	}
	for _, none := range []string{`"context":[ ]`, `"context":""`, `"context":null`, `"integrations":[]`, `"integrations":true`} {
		batch, err = Decoder{}.Batch([]byte(`{`+none+`,"batch":[`+good+`]}`), browser)
		if err != nil || len(batch.Events) != 1 {
			t.Errorf("an envelope with %s: %v, %v", none, err, batch.Rejects)
		}
	}
	batch, err = Decoder{}.Batch([]byte(`{"batch":[ ]}`), browser)
	if err != nil || len(batch.Events)+len(batch.Rejects) != 0 {
		t.Errorf("no messages: %v, %v", err, batch)
	}
}

func items(n int) string { return strings.TrimSuffix(strings.Repeat("1,", n), ",") }

// A bad message harms no other, wherever it stands, and is refused as it would
// be alone.
func TestBatchIsolatesBadMessages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 20).Draw(t, "good")
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(`{"type":"track","userId":"u","event":"E","messageId":"good-%d","properties":{"a":"]}\\\",{["}}`, i))
		}
		codes := map[int]string{}
		for _, at := range rapid.Permutation(indexes(len(bad))).Draw(t, "order") {
			if !rapid.Bool().Draw(t, "take") {
				continue
			}
			list = slices.Insert(list, rapid.IntRange(0, len(list)).Draw(t, "place"), bad[at].raw)
		}
		for i, raw := range list {
			for _, b := range bad {
				if b.raw == raw {
					codes[i] = b.code
				}
			}
		}
		batch, err := Decoder{}.Batch([]byte(`{"batch":[`+strings.Join(list, ", ")+`]}`), browser)
		if err != nil {
			t.Fatal(err)
		}
		if len(batch.Events) != n {
			t.Fatalf("%d events, want %d", len(batch.Events), n)
		}
		for i, e := range batch.Events {
			if e.MessageID != fmt.Sprintf("good-%d", i) || e.Properties["a"] != `]}\",{[` {
				t.Fatalf("event %d is %+v", i, e)
			}
		}
		got := map[int]string{}
		for _, r := range batch.Rejects {
			got[r.Index] = r.Code
			if !strings.HasPrefix(list[r.Index], string(r.Body)) {
				t.Fatalf("reject %d keeps %q of %q", r.Index, r.Body, list[r.Index])
			}
		}
		if !reflect.DeepEqual(got, codes) {
			t.Fatalf("refused %v, want %v", got, codes)
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestBatchEmptySlots(t *testing.T) {
	t.Parallel()
	batch, err := Decoder{}.Batch([]byte(`{"batch":[{"type":"page","userId":"u"},,01,"\",]}`), browser)
	if err == nil {
		t.Fatalf("an endless text was read as %v", batch)
	}
	batch, err = Decoder{}.Batch([]byte(`{"batch":[{"type":"page","userId":"u"},,01,]}`), browser)
	if err != nil || len(batch.Events) != 1 || len(batch.Rejects) != 3 {
		t.Fatalf("%v: %d events, %v", err, len(batch.Events), batch.Rejects)
	}
	for _, r := range batch.Rejects {
		if r.Code != CodeInvalidJSON {
			t.Errorf("%d: %s", r.Index, r.Code)
		}
	}
}

func TestRejectKeepsAnExcerpt(t *testing.T) {
	t.Parallel()
	from := browser
	from.Key = "secret-key"
	raw := []byte(`{"messageId":"m1","writeKey":"secret-key","a":"` + strings.Repeat("\xff\x00é", 3000) + `secret-key"}`)
	r := refuse(CodeInvalidJSON, "x").Reject(3, raw, from)
	if len(r.Body) > lead.MaxRejectBody || len(r.Body) < lead.MaxRejectBody-4 {
		t.Errorf("keeps %d bytes", len(r.Body))
	}
	if !utf8.Valid(r.Body) || bytes.IndexByte(r.Body, 0) >= 0 {
		t.Error("keeps text that is not valid")
	}
	if bytes.Contains(r.Body, []byte("secret")) || !bytes.HasPrefix(r.Body, []byte(`{"messageId":"m1","writeKey":"***","a":"`)) {
		t.Errorf("keeps %.80q", r.Body)
	}
	if r.MessageID != "m1" || r.Index != 3 || r.Source != 1 || r.Received != received || r.Code != CodeInvalidJSON {
		t.Errorf("%+v", r)
	}
}
