package lead

import (
	"reflect"
	"testing"
)

// Whatever is opened is what Open makes of it, and the rest stays closed.
func TestOpenPartsIsOpenInPart(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "null", "{}", `{"properties":null,"traits":{}}`,
		`{"properties":{"a":1,"b":[{"c":null}]},"traits":{"email":"a@b.example"},"context":{"page":{"url":"/"}},"integrations":{"All":true}}`,
		`{"context":{"a":1},"properties":{"x":1},"context":{"b":2},"properties":{"x":2,"y":3}}`,
		`{"context":{"bad` + "\xff" + `":1},"other":[1,2,{"properties":{"a":1}}]}`,
	} {
		whole := Event{Body: []byte(body)}
		if err := whole.Open(); err != nil {
			t.Fatal(err)
		}
		for parts := Parts(0); parts < 8; parts++ {
			some := Event{Body: []byte(body)}
			if err := some.OpenParts(parts); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			want := Event{Body: []byte(body)}
			if parts&PartProperties != 0 {
				want.Properties = whole.Properties
			}
			if parts&PartTraits != 0 {
				want.Traits = whole.Traits
			}
			if parts&PartContext != 0 {
				want.Context = whole.Context
			}
			if !reflect.DeepEqual(some, want) {
				t.Errorf("%s opened for %03b is\n%+v, want\n%+v", body, parts, some, want)
			}
		}
	}
	for _, body := range []string{`{"properties":5}`, `{"properties":{}`, `{}{}`} {
		e := Event{Body: []byte(body)}
		if err := e.OpenParts(PartProperties); err == nil {
			t.Errorf("%s was opened.", body)
		}
	}
}
