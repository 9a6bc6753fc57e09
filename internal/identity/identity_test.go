package identity

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"galena/internal/lead"
)

// The people of the cases: two that are identified, and visitors.
const (
	ada     lead.ID = 1 // has a user id and an address
	list    lead.ID = 2 // came from a list: an address, no user id
	visitor lead.ID = 7
	other   lead.ID = 8
)

func namesOf(id lead.ID) Names {
	switch id {
	case ada:
		return Names{User: true, Email: true}
	case list:
		return Names{Email: true}
	}
	return Names{}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	user := lead.Identifier{Kind: lead.User, Value: "u"}
	phone := lead.Identifier{Kind: lead.Phone, Value: "+49"}
	email := lead.Identifier{Kind: lead.Email, Value: "e@corp.example"}
	anonymous := lead.Identifier{Kind: lead.Anonymous, Value: "a"}
	previous := lead.Identifier{Kind: lead.Anonymous, Value: "p"}
	both := lead.Event{UserID: "u", AnonymousID: "a"}
	claim := lead.Event{UserID: "u", AnonymousID: "a", Email: email.Value}
	cases := []struct {
		name    string
		event   lead.Event
		typ     lead.Type
		origin  lead.Origin
		holders Holders
		want    Resolution
	}{
		{"a new browser is a new visitor", lead.Event{AnonymousID: "a"}, lead.Page, lead.Browser,
			Holders{}, Resolution{Links: []lead.Identifier{anonymous}}},
		{"a known browser is whose it is", lead.Event{AnonymousID: "a"}, lead.Page, lead.Browser,
			Holders{Anonymous: visitor}, Resolution{Lead: visitor}},
		{"a visitor says who it is for the first time", claim, lead.Identify, lead.Browser,
			Holders{Anonymous: visitor}, Resolution{Lead: visitor, Links: []lead.Identifier{user, email}}},
		{"a visitor is found to be somebody known", both, lead.Identify, lead.Browser,
			Holders{User: ada, Anonymous: visitor}, Resolution{Lead: ada, Joins: []lead.ID{visitor}}},
		{"a track joins as well", both, lead.Track, lead.Browser,
			Holders{User: ada, Anonymous: visitor}, Resolution{Lead: ada, Joins: []lead.ID{visitor}}},
		{"a visitor gives an address that a list had", lead.Event{AnonymousID: "a", Email: email.Value}, lead.Identify, lead.Browser,
			Holders{Email: list, Anonymous: visitor}, Resolution{Lead: list, Joins: []lead.ID{visitor}}},
		{"a user id for somebody known by address", claim, lead.Identify, lead.Browser,
			Holders{Email: list}, Resolution{Lead: list, Links: []lead.Identifier{user, anonymous}}},
		{"a browser claims the address of another user", claim, lead.Identify, lead.Browser,
			Holders{Email: ada}, Resolution{Links: []lead.Identifier{user, anonymous}, Conflict: true}},
		{"somebody known by address gets a user id on the same browser", both, lead.Identify, lead.Browser,
			Holders{Anonymous: list}, Resolution{Lead: list, Links: []lead.Identifier{user}}},
		{"another address on the same browser is somebody else", claim, lead.Identify, lead.Browser,
			Holders{Anonymous: list}, Resolution{Links: []lead.Identifier{user, email, anonymous}}},
		{"a server gives a person a second user id", claim, lead.Identify, lead.Server,
			Holders{Email: ada}, Resolution{Lead: ada, Links: []lead.Identifier{user, anonymous}}},
		{"a user id and an address of two people", claim, lead.Identify, lead.Server,
			Holders{User: list, Email: ada}, Resolution{Lead: list, Links: []lead.Identifier{anonymous}, Conflict: true}},
		{"somebody else on the same browser", both, lead.Identify, lead.Browser,
			Holders{Anonymous: ada}, Resolution{Links: []lead.Identifier{user, anonymous}}},
		{"a track does not take a browser away", lead.Event{UserID: "u", AnonymousID: "a"}, lead.Track, lead.Browser,
			Holders{User: list, Anonymous: ada}, Resolution{Lead: list}},
		{"a server library invents anonymous ids", both, lead.Track, lead.Server,
			Holders{User: ada}, Resolution{Lead: ada}},
		{"alias: the visitor is the user", lead.Event{UserID: "u", PreviousID: "p"}, lead.Alias, lead.Server,
			Holders{User: ada, PreviousAnonymous: visitor}, Resolution{Lead: ada, Joins: []lead.ID{visitor}}},
		{"alias: the visitor becomes the user", lead.Event{UserID: "u", PreviousID: "p"}, lead.Alias, lead.Server,
			Holders{PreviousAnonymous: visitor}, Resolution{Lead: visitor, Links: []lead.Identifier{user}}},
		{"alias: somebody known by address becomes the user", lead.Event{UserID: "u", PreviousID: "p"}, lead.Alias, lead.Server,
			Holders{PreviousAnonymous: list}, Resolution{Lead: list, Links: []lead.Identifier{user}}},
		{"alias: an id that nobody holds", lead.Event{UserID: "u", PreviousID: "p"}, lead.Alias, lead.Server,
			Holders{User: ada}, Resolution{Lead: ada, Links: []lead.Identifier{previous}}},
		{"a browser's alias of two identified people", lead.Event{UserID: "u", PreviousID: "p"}, lead.Alias, lead.Browser,
			Holders{User: ada, PreviousUser: list}, Resolution{Lead: ada, Conflict: true}},
		{"a server's alias of two identified people", lead.Event{UserID: "u", PreviousID: "p"}, lead.Alias, lead.Server,
			Holders{User: ada, PreviousUser: list}, Resolution{Lead: min(ada, list), Joins: []lead.ID{max(ada, list)}}},
		{"a server's alias the other way round", lead.Event{UserID: "u", PreviousID: "p"}, lead.Alias, lead.Import,
			Holders{User: list, PreviousUser: ada}, Resolution{Lead: min(ada, list), Joins: []lead.ID{max(ada, list)}}},
		{"a server's alias of a user to a new user id", lead.Event{UserID: "u", PreviousID: "p"}, lead.Alias, lead.Server,
			Holders{PreviousUser: ada}, Resolution{Lead: ada, Links: []lead.Identifier{user}}},
		{"a server's alias of a browser that is somebody's", lead.Event{UserID: "u", PreviousID: "p"}, lead.Alias, lead.Server,
			Holders{User: list, PreviousAnonymous: ada}, Resolution{Lead: list, Conflict: true}},
		{"alias of a user to itself", lead.Event{UserID: "u", PreviousID: "u"}, lead.Alias, lead.Browser,
			Holders{User: ada, PreviousUser: ada}, Resolution{Lead: ada}},
		{"alias of an unknown user to itself", lead.Event{UserID: "u", PreviousID: "u"}, lead.Alias, lead.Browser,
			Holders{}, Resolution{Links: []lead.Identifier{user}}},
		{"a number that nobody has", lead.Event{AnonymousID: "a", Phone: "+49"}, lead.Identify, lead.Browser,
			Holders{}, Resolution{Links: []lead.Identifier{phone, anonymous}}},
		{"a visitor gives a number", lead.Event{AnonymousID: "a", Phone: "+49"}, lead.Identify, lead.Browser,
			Holders{Anonymous: visitor}, Resolution{Lead: visitor, Links: []lead.Identifier{phone}}},
		{"a visitor gives somebody's number", lead.Event{AnonymousID: "a", Phone: "+49"}, lead.Identify, lead.Browser,
			Holders{Anonymous: visitor, Phone: ada}, Resolution{Lead: ada, Joins: []lead.ID{visitor}}},
		{"somebody's number on a new browser", lead.Event{AnonymousID: "a", Phone: "+49"}, lead.Identify, lead.Browser,
			Holders{Phone: ada}, Resolution{Lead: ada, Links: []lead.Identifier{anonymous}}},
		{"somebody known gives another's number", lead.Event{AnonymousID: "a", Phone: "+49"}, lead.Identify, lead.Browser,
			Holders{Anonymous: list, Phone: ada}, Resolution{Lead: list}},
		{"a user with another's number", lead.Event{UserID: "u", Phone: "+49"}, lead.Identify, lead.Server,
			Holders{User: list, Phone: ada}, Resolution{Lead: list}},
		{"an address with a number", lead.Event{Email: "e@corp.example", Phone: "+49"}, lead.Identify, lead.Server,
			Holders{Email: list}, Resolution{Lead: list, Links: []lead.Identifier{phone}}},
		{"a new user with somebody's number", lead.Event{UserID: "u", Phone: "+49"}, lead.Identify, lead.Server,
			Holders{Phone: ada}, Resolution{Links: []lead.Identifier{user}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := c.event
			e.Type, e.Origin = c.typ, c.origin
			if diff := cmp.Diff(c.want, Resolve(&e, c.holders, namesOf)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestNobodyIdentifiedIsJoinedByABrowserOrAnAnonymousID(t *testing.T) {
	t.Parallel()
	holders := []lead.ID{0, ada, list, visitor, other}
	for _, typ := range []lead.Type{lead.Track, lead.Identify, lead.Page, lead.Group, lead.Alias} {
		for _, origin := range []lead.Origin{lead.Browser, lead.Server, lead.Import} {
			for n := range 5 * 5 * 5 * 5 {
				h := Holders{User: holders[n%5], Email: holders[n/5%5], Anonymous: holders[n/25%5], PreviousAnonymous: holders[n/125]}
				e := lead.Event{Type: typ, Origin: origin, UserID: "u", AnonymousID: "a", Email: "e@corp.example", PreviousID: "p"}
				r := Resolve(&e, h, namesOf)
				for _, j := range r.Joins {
					if !namesOf(j).Visitor() || j == r.Lead {
						t.Fatalf("%s by %s with %+v joins %s to %s", typ, origin, h, j, r.Lead)
					}
				}
			}
		}
	}
}

func TestCompany(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"a@corp.example":       "corp.example",
		"a@mail.corp.example":  "corp.example",
		"a@x.corp.co.uk":       "corp.co.uk",
		"a@gmail.com":          "",
		"a@mail.gmail.com":     "",
		"a@co.uk":              "",
		"a@xn--bcher-kva.test": "xn--bcher-kva.test",
		"":                     "",
		"nobody":               "",
	} {
		if got := Company(address); got != want {
			t.Errorf("Company(%q) = %q, expected %q", address, got, want)
		}
	}
}
