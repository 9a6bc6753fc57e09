package lead

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What somebody agreed to is read from the record, like everything else that is
// known of them: see docs/adr/0025-consent.md.

// ActConsent records by hand what somebody agrees to, or does not: ActPurpose and
// ActAgreed.
const ActConsent = "consent recorded"

// Properties of an ActConsent, beside ActAuthor and ActReason.
const (
	ActPurpose = "purpose"
	ActAgreed  = "agreed"
)

// Bounds of consents. A sender of ever new purposes fills no state with them.
const (
	// MaxPurpose is how many bytes the name of a purpose has.
	MaxPurpose = 60
	// MaxPurposes is how many purposes are kept of one person.
	MaxPurposes = 50
)

// GeneralPurpose is what somebody agrees to who agrees to be contacted, and to
// nothing in particular.
const GeneralPurpose = "contact"

// Standing is what counts of what somebody said about a purpose. The numbers are
// stored.
type Standing uint8

const (
	// Unsaid is nothing that counts.
	Unsaid Standing = iota
	// Withdrawn is refused, or taken back.
	Withdrawn
	// Claimed is agreed to, by the word of a browser only, which may be anybody's.
	Claimed
	// Granted is agreed to.
	Granted
)

var standingNames = [...]string{"unsaid", "withdrawn", "claimed", "granted"}

func (s Standing) String() string {
	if int(s) < len(standingNames) {
		return standingNames[s]
	}
	return standingNames[Unsaid]
}

// Statement is what an event says about one purpose.
type Statement struct {
	Purpose string
	Agreed  bool
	// Text is what the person was shown, "" where the event does not tell.
	Text string
}

// Consent is where somebody stands on a purpose.
type Consent struct {
	Purpose  string
	Standing Standing
	// Since is when what counts was said first, by an event of Origin, Last when it was
	// said last.
	Since, Last Time
	Origin      Origin
}

// Consents are where somebody stands, by purpose, ascending.
type Consents []Consent

// PurposeNamed is the name of a purpose as it is kept; false for what can be none.
func PurposeNamed(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	ok := s != "" && len(s) <= MaxPurpose && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
	return s, ok
}

// Of is where somebody stands on a purpose that PurposeNamed gave.
func (c Consents) Of(purpose string) Standing {
	if i, there := c.find(purpose); there {
		return c[i].Standing
	}
	return Unsaid
}

func (c Consents) find(purpose string) (int, bool) {
	return slices.BinarySearchFunc(c, purpose, func(x Consent, purpose string) int { return cmp.Compare(x.Purpose, purpose) })
}

// Hear takes what an opened event says. Events are heard in the order of the fold.
func (c *Consents) Hear(e *Event) {
	for _, s := range Statements(e) {
		c.Take(e, s)
	}
}

// Take takes one statement of an event, and says whether it counts: it may not, by
// when and by whom it was said.
func (c *Consents) Take(e *Event, s Statement) bool {
	i, there := c.find(s.Purpose)
	var was Consent
	if there {
		was = (*c)[i]
	}
	if e.Occurred < was.Last {
		return false // something was said since
	}
	now := Consent{Purpose: s.Purpose, Standing: standing(was, s.Agreed, e.Origin), Since: e.Occurred, Last: e.Occurred, Origin: e.Origin}
	switch {
	case now.Standing == Unsaid || !there && len(*c) >= MaxPurposes:
		return false
	case !there:
		*c = slices.Insert(*c, i, now)
	case now.Standing == Granted && was.Standing == Granted && e.Origin == Browser:
		// A browser's word adds nothing to what is known better.
	case now.Standing == was.Standing && (was.Standing != Withdrawn || was.Origin == e.Origin):
		(*c)[i].Last = e.Occurred // it stands since it was said first
	default:
		(*c)[i] = now
	}
	return true
}

// standing is what a word makes of where somebody stood; Unsaid where it does not
// count.
func standing(was Consent, agreed bool, by Origin) Standing {
	switch {
	case !agreed:
		return Withdrawn
	case by == Server:
		return Granted
	case by == Browser && was.Standing == Granted:
		return Granted
	case by == Browser && (was.Standing != Withdrawn || was.Origin == Browser):
		return Claimed
	case by == Import && was.Standing != Withdrawn:
		return Granted
	}
	return Unsaid
}

// Statements are what an opened event says about consent, by purpose, each once:
// what an act records, or the consent object of Segment's or RudderStack's
// libraries in the context, or the trait consent of an identify.
func Statements(e *Event) []Statement {
	if !speaksOfConsent(e) {
		return nil
	}
	said := map[string]Statement{}
	say := func(purpose string, v any) {
		name, ok := PurposeNamed(purpose)
		agreed, text, readable := readConsent(v)
		if ok && readable {
			said[name] = Statement{name, agreed, text}
		}
	}
	if e.Type == Act {
		purpose, _ := e.Properties[ActPurpose].(string)
		say(purpose, e.Properties[ActAgreed])
	} else {
		sayContext(e.Context, say)
		if e.Type == Identify {
			inner, _ := e.Context["traits"].(map[string]any)
			sayTraits(inner, say)
			sayTraits(e.Traits, say)
		}
	}
	all := make([]Statement, 0, len(said))
	for _, purpose := range slices.Sorted(maps.Keys(said)) {
		all = append(all, said[purpose])
	}
	return all
}

// speaksOfConsent says whether an event may say something about consent: most do not,
// and every event is asked.
func speaksOfConsent(e *Event) bool {
	if e.Type == Act {
		return e.Name == ActConsent
	}
	if e.Context["consent"] != nil || e.Context["consentManagement"] != nil {
		return true
	}
	if e.Type != Identify {
		return false
	}
	inner, _ := e.Context["traits"].(map[string]any)
	for _, traits := range []map[string]any{e.Traits, inner} {
		for name := range traits {
			if strings.HasPrefix(name, "consent") {
				return true
			}
		}
	}
	return false
}

// sayContext reads what consent libraries put into the context of each message.
func sayContext(context map[string]any, say func(string, any)) {
	if object, ok := context["consent"].(map[string]any); ok { // Segment
		choices, _ := object["categoryPreferences"].(map[string]any)
		for purpose, v := range choices {
			say(purpose, v)
		}
	}
	if object, ok := context["consentManagement"].(map[string]any); ok { // RudderStack
		for list, agreed := range map[string]bool{"allowedConsentIds": true, "deniedConsentIds": false} {
			ids, _ := object[list].([]any)
			for _, id := range ids {
				if purpose, ok := id.(string); ok && (!agreed || !slices.Contains(denied(object), id)) {
					say(purpose, agreed)
				}
			}
		}
	}
}

// denied are the ids that a consent object of RudderStack denies: what stands in
// both lists is denied.
func denied(object map[string]any) []any {
	ids, _ := object["deniedConsentIds"].([]any)
	return ids
}

// sayTraits reads the trait consent: an object of purposes, or one word on being
// contacted at all. A table, whose columns cannot nest, has a column for each
// purpose, called consent.PURPOSE.
func sayTraits(traits map[string]any, say func(string, any)) {
	for _, name := range slices.Sorted(maps.Keys(traits)) {
		if purpose, found := strings.CutPrefix(name, "consent."); found {
			say(purpose, traits[name])
		}
	}
	switch v := traits["consent"].(type) {
	case map[string]any:
		for _, purpose := range slices.Sorted(maps.Keys(v)) {
			say(purpose, v[purpose])
		}
	case nil:
	default:
		say(GeneralPurpose, v)
	}
}

// consentWords are the words besides those of truths that people and programs have
// for a consent.
var consentWords = map[string]bool{
	"granted": true, "given": true, "agreed": true, "accepted": true, "subscribed": true, "opted_in": true, "opted-in": true, "opt-in": true,
	"denied": false, "refused": false, "withdrawn": false, "revoked": false, "rejected": false, "unsubscribed": false,
	"opted_out": false, "opted-out": false, "opt-out": false,
}

// readConsent reads a word, or an object of one (granted or agreed) with the text
// that was shown.
func readConsent(v any) (agreed bool, text string, ok bool) {
	if object, is := v.(map[string]any); is {
		word, there := object["granted"]
		if !there {
			word = object["agreed"]
		}
		if _, nested := word.(map[string]any); nested {
			return false, "", false
		}
		agreed, _, ok = readConsent(word)
		shown, _ := object["text"].(string)
		return agreed, cut(shown), ok
	}
	if word, is := v.(string); is {
		if agreed, ok = consentWords[strings.ToLower(strings.TrimSpace(word))]; ok {
			return agreed, "", true
		}
	}
	truth, readable := Convert(v, Bool)
	return truth.Num == 1, "", readable && truth.Kind == Bool
}
