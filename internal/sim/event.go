package sim

import (
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/identity"
	"galena/internal/lead"
)

// event writes an act out.
func (c *Company) event(a *act) lead.Event {
	p := a.who
	e := lead.Event{
		MessageID: fmt.Sprintf("sim_%x_%d_%d", c.seed, p.number, a.n),
		Type:      lead.Track, Name: a.name,
		Origin: lead.Server, Occurred: a.at,
	}
	switch {
	case a.deed == lists:
		e.Origin = lead.Import
	case a.device < 0:
		e.UserID = p.userID()
	default:
		e.Origin = lead.Browser
		e.AnonymousID = p.devices[a.device]
		if a.deed != views {
			e.UserID = p.userID()
		}
	}
	var traits, properties object
	context := c.context(a)
	switch a.deed {
	case views:
		e.Type, e.Name = lead.Page, a.page.title
		properties = a.page.object(a.referrer)
	case identifies:
		e.Type, e.Email = lead.Identify, p.email
		traits = p.traits(a.full)
	case enriches:
		e.Type, e.Email = lead.Identify, p.email
		traits = p.employer()
	case lists:
		e.Type, e.Email = lead.Identify, p.email
		traits = append(p.traits(true), p.employer()[1:]...)
	case tracks:
		properties = a.properties()
		// What a mail service sends names the person by address.
		if a.letter != 0 && a.name != "Email Clicked" {
			e.Email = p.email
			context = append(context, member{"traits", object{{"email", p.email}}})
		}
	}
	e.Company = identity.Company(e.Email)
	var body object
	add := func(name string, part object) map[string]any {
		if len(part) == 0 {
			return nil
		}
		body = append(body, member{name, part})
		return part.decoded()
	}
	e.Context = add("context", context)
	e.Properties = add("properties", properties)
	e.Traits = add("traits", traits)
	e.Body = body.append(make([]byte, 0, 512))
	return e
}

// context is what a browser's library adds to each message.
func (c *Company) context(a *act) object {
	if a.device < 0 {
		return nil
	}
	var o object
	if u := a.campaign; u != nil {
		campaign := object{{"source", u.source}, {"medium", u.medium}, {"name", u.name}}
		if u.content != "" {
			campaign = append(campaign, member{"content", u.content})
		}
		o = append(o, member{"campaign", campaign})
	}
	o = append(o, member{"locale", a.who.place.locale})
	if a.deed == tracks {
		o = append(o, member{"page", a.page.object("")})
	}
	return append(o, member{"userAgent", a.who.agents[a.device]})
}

func (p page) object(referrer string) object {
	o := object{{"path", p.path}, {"title", p.title}, {"url", origin + p.path}}
	if referrer != "" {
		o = append(o, member{"referrer", referrer})
	}
	return o
}

// traits are what people tell of themselves: a short form, or a full one.
func (p *person) traits(full bool) object {
	o := object{{"email", p.email}, {"first_name", p.given}, {"last_name", p.family}}
	if !full {
		return o
	}
	o = append(o, member{"title", p.title})
	if p.works() {
		o = append(o, member{"company", p.account.name})
	}
	return append(o, member{"country", p.place.country})
}

// employer is what data services know.
func (p *person) employer() object {
	return object{
		{"email", p.email}, {"employees", p.account.employees}, {"industry", p.account.industry},
		{"company_domain", p.account.domain},
	}
}

func (a *act) properties() object {
	switch a.name {
	case "Meeting Held", "Opportunity Created", "Opportunity Won", "Opportunity Lost":
		return a.who.deal.object(a.who, a.name)
	case "Ebook Downloaded", "Case Study Downloaded", "Webinar Attended":
		return object{{"title", a.item}}
	case "Email Sent", "Email Bounced", "Email Opened", "Email Clicked", "Unsubscribed":
		// The same letter to the same person has one id, by which opens and clicks
		// are told to be of one mail.
		return object{{"campaign", a.item}, {"email_id", fmt.Sprintf("mail_%s_%d", a.who.userID(), a.letter)}}
	case "Signed Up", "Trial Started":
		return object{{"plan", a.item}}
	}
	return object{{"form", a.page.path}}
}

// object is a JSON object in the order in which it is written. Values are texts,
// ints and objects.
type object []member

type member struct {
	name  string
	value any
}

func (o object) append(b []byte) []byte {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, m.name)
		b = append(b, ':')
		switch v := m.value.(type) {
		case string:
			b = appendText(b, v)
		case int:
			b = strconv.AppendInt(b, int64(v), 10)
		case object:
			b = v.append(b)
		}
	}
	return append(b, '}')
}

func appendText(b []byte, s string) []byte {
	b, err := jsontext.AppendQuote(b, s)
	if err != nil { // the texts of this package are valid UTF-8
		panic(err)
	}
	return b
}

// decoded is what reading the JSON gives.
func (o object) decoded() map[string]any {
	decoded := make(map[string]any, len(o))
	for _, m := range o {
		switch v := m.value.(type) {
		case object:
			decoded[m.name] = v.decoded()
		case int:
			decoded[m.name] = float64(v)
		default:
			decoded[m.name] = v
		}
	}
	return decoded
}
