package crash

import (
	"fmt"
	"math/rand/v2"
)

// message is a tracking message as it goes over the wire. Its properties and
// traits are flat, with numbers as JSON decodes them.
type message struct {
	MessageID   string         `json:"messageId"`
	Type        string         `json:"type"`
	Event       string         `json:"event,omitempty"`
	Name        string         `json:"name,omitempty"`
	UserID      string         `json:"userId,omitempty"`
	AnonymousID string         `json:"anonymousId,omitempty"`
	GroupID     string         `json:"groupId,omitempty"`
	PreviousID  string         `json:"previousId,omitempty"`
	Properties  map[string]any `json:"properties,omitempty"`
	Traits      map[string]any `json:"traits,omitempty"`
}

// The people of the load. Everybody acts for a while and makes room for others,
// so that histories stay as long as people's are.
const (
	messagesPerPerson = 40
	peopleAtOnce      = 5
	browsersPerPerson = 2
)

// compose makes the nth message of a client. It depends on its arguments alone,
// so that nobody has to remember what was sent.
func compose(seed uint64, client, n int) message {
	r := rand.New(rand.NewPCG(seed, uint64(client)<<40|uint64(n)))
	person := n/messagesPerPerson + r.IntN(peopleAtOnce)
	user := fmt.Sprintf("user-%d", person)
	browser := fmt.Sprintf("browser-%d-%d", person, r.IntN(browsersPerPerson))
	m := message{MessageID: fmt.Sprintf("m-%d-%d", client, n)}
	switch k := r.IntN(100); {
	case k < 40:
		m.Type, m.Name, m.AnonymousID = "page", "Pricing", browser
		m.Properties = map[string]any{"path": "/pricing", "title": "Pricing"}
	case k < 65:
		m.Type, m.Event, m.AnonymousID = "track", "Article Read", browser
	case k < 80:
		m.Type, m.Event, m.UserID = "track", "Demo Requested", user
		m.Properties = map[string]any{"plan": "team", "seats": float64(r.IntN(200))}
	case k < 93:
		m.Type, m.UserID, m.AnonymousID = "identify", user, browser
		m.Traits = map[string]any{
			"email": fmt.Sprintf("person-%d@company-%d.example", person, person%7),
			"title": "Head of Sales", "employees": float64(person % 300),
		}
	case k < 97:
		m.Type, m.UserID, m.GroupID = "group", user, fmt.Sprintf("company-%d", person%7)
	default:
		m.Type, m.UserID, m.PreviousID = "alias", user, browser
	}
	return m
}

// placeOf reads client and number from a message id of compose.
func placeOf(messageID string) (client, n int, ok bool) {
	read, err := fmt.Sscanf(messageID, "m-%d-%d", &client, &n)
	return client, n, err == nil && read == 2 && messageID == fmt.Sprintf("m-%d-%d", client, n)
}
