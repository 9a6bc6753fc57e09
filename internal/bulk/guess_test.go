package bulk

import (
	"reflect"
	"strings"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
)

func TestGuess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header string
		email  string
		user   string
		traits map[string]string
	}{
		"own table": {"User ID,E-Mail,first name,LastName,Company,Job title,Phone,Country,Shoe size",
			"E-Mail", "User ID", map[string]string{"first_name": "first name", "last_name": "LastName", "company": "Company", "title": "Job title", "phone": "Phone", "country": "Country"}},
		"contacts of a marketing suite": {"Record ID,First Name,Full Name,Company Name,Email,Phone Number,Country/Region,Number of Employees",
			"Email", "", map[string]string{"first_name": "First Name", "name": "Full Name", "company": "Company Name", "phone": "Phone Number", "country": "Country/Region", "employees": "Number of Employees"}},
		"people of a sales pipeline": {"Person - Name,Person - Email - Home,Person - Email - Work,Person - Organization,Person - Phone - Work,Person - ID",
			"Person - Email - Work", "", map[string]string{"name": "Person - Name", "company": "Person - Organization", "phone": "Person - Phone - Work"}},
		"answers to an advertisement": {"id,created_time,full_name,phone_number,email",
			"email", "", map[string]string{"name": "full_name", "phone": "phone_number"}},
		"without addresses":     {"Prospect ID,City", "", "Prospect ID", map[string]string{"city": "City"}},
		"a name wanted by two":  {"mail,Title,Job Title", "mail", "", map[string]string{"title": "Job Title"}},
		"the same column twice": {"Email,Email", "Email", "", nil},
	} {
		m, err := Guess(strings.Split(c.header, ","), "s")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		traits := map[string]string{}
		for _, f := range m.Traits {
			traits[f.Name] = f.Column
		}
		if m.Email != c.email || m.UserID != c.user || len(traits)+len(c.traits) > 0 && !reflect.DeepEqual(traits, c.traits) || !m.KeepRest {
			t.Errorf("%s: guessed %+v", name, m)
		}
		if again := reread(t, m); !reflect.DeepEqual(again, m) {
			t.Errorf("%s: printed and read again: %+v", name, again)
		}
	}
	if _, err := Guess([]string{"Make", "Model"}, "s"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a table of cars: %v", err)
	}
}

func TestGuessedFileIsRead(t *testing.T) {
	t.Parallel()
	events, rejects := readAll(t, "E-Mail;Vorname;Create Date\nann@corp.example;Ann;1/29/2026\n", Options{Source: "list"})
	if len(rejects) > 0 || len(events) != 1 {
		t.Fatalf("%d events, rejects %v", len(events), rejects)
	}
	want := map[string]any{"email": "ann@corp.example", "first_name": "Ann", "create_date": "1/29/2026"}
	if got := events[0].Traits; !reflect.DeepEqual(got, want) {
		t.Errorf("traits are %v, want %v", got, want)
	}
}

// What was exported can be imported again: the people with what is known of
// them, formulas that the export made harmless included.
func TestOwnExportIsRead(t *testing.T) {
	t.Parallel()
	exported := writeLeads(t, CSV, []string{"score"}, []string{"title", "visits"}, Lead{
		ID: "lead_1", Kind: "lead", Emails: []string{"ann@corp.example"}, UserIDs: []string{"a", "b"}, Stage: "MQL",
		Attributes: Attributes{"title": text("=HYPERLINK(1)"), "visits": {Kind: lead.Number, Num: -5}},
	})
	events, rejects := readAll(t, exported, Options{Source: "export"})
	if len(rejects) > 0 || len(events) != 1 {
		t.Fatalf("%d events, rejects %v", len(events), rejects)
	}
	e := events[0]
	want := map[string]any{"email": "ann@corp.example", "title": "=HYPERLINK(1)", "visits": "-5"}
	if e.Email != "ann@corp.example" || e.UserID != "" || !reflect.DeepEqual(e.Traits, want) {
		t.Errorf("read %q, %q, %v", e.Email, e.UserID, e.Traits)
	}
}

func TestTraitName(t *testing.T) {
	t.Parallel()
	for column, want := range map[string]string{
		"TotalVisits": "total_visits", "Job Title": "job_title", "GDPR consent": "gdpr_consent",
		"What is your current occupation?": "what_is_your_current_occupation",
		"HTTPServer":                       "http_server", "utm_source": "utm_source", "A/B": "a_b", "Größe": "größe",
		"  ": "column", "№": "column", "Drill-Down 1": "drill_down_1", "annualRevenue2024": "annual_revenue2024",
	} {
		if got := traitName(column); got != want {
			t.Errorf("%q: %q, want %q", column, got, want)
		}
	}
}
