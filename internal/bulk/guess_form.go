package bulk

import "galena/internal/lead"

// LeadFormSubmitted is the event that guessing makes of a row of an advertising
// platform's answers: whoever filled in a form has shown an interest.
const LeadFormSubmitted = "Lead Form Submitted"

// formParts are the columns by which such a table is known, and that its events
// carry: it names a form, and the advertisement that led to it.
var formParts = []struct {
	property string
	names    []string
}{
	{"form", []string{"formname", "leadgenformname", "leadformname", "formid", "leadgenformid"}},
	{"campaign", []string{"campaignname", "campaign", "campaignid"}},
	{"ad", []string{"adname", "creativename", "adcreativename", "creative", "adid", "creativeid", "adcreativeid"}},
	{"platform", []string{"platform"}},
}

// guessForm adds to a guess what makes a table of answers to advertisements more
// than a list of contacts. by tells the columns by letterKey.
func guessForm(m *Mapping, by map[string]string) {
	rule := EventRule{Type: lead.Track, Name: LeadFormSubmitted}
	for _, part := range formParts {
		for _, key := range part.names {
			if column := by[key]; column != "" {
				rule.Properties = append(rule.Properties, Field{Name: part.property, Datum: Datum{Column: column}})
				break
			}
		}
	}
	if len(rule.Properties) < 2 || rule.Properties[0].Name != "form" || rule.Properties[1].Name == "platform" {
		return
	}
	m.Events = append(m.Events, rule)
	if column := by["createdtime"]; column != "" { // a platform that writes ISO times
		m.Occurred = &Moment{Column: column}
	}
	for i := range m.Traits {
		if f := &m.Traits[i]; f.Name == "phone" {
			f.Strip = "p:" // so that spreadsheets keep the plus sign
		}
	}
}
