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
		"German table": {"Firma,Anrede,Vorname,Nachname,E-Mail-Adresse,Telefon,Straße,PLZ,Ort,Land,Branche,Mitarbeiterzahl,Funktion,Webseite,Erstellt am,Kundennummer",
			"E-Mail-Adresse", "", map[string]string{"company": "Firma", "first_name": "Vorname", "last_name": "Nachname", "phone": "Telefon", "street": "Straße", "postal_code": "PLZ", "city": "Ort",
				"country": "Land", "industry": "Branche", "employees": "Mitarbeiterzahl", "title": "Funktion", "website": "Webseite"}},
		"other German names": {"Unternehmen;Name;Vorname;E-Mail;Handynummer;Stadt;Anzahl der Mitarbeiter;Position;Nutzer-ID",
			"E-Mail", "Nutzer-ID", map[string]string{"company": "Unternehmen", "last_name": "Name", "first_name": "Vorname", "phone": "Handynummer", "city": "Stadt",
				"employees": "Anzahl der Mitarbeiter", "title": "Position"}},
		"without addresses":     {"Prospect ID,City", "", "Prospect ID", map[string]string{"city": "City"}},
		"a name wanted by two":  {"mail,Title,Job Title", "mail", "", map[string]string{"title": "Job Title"}},
		"the same column twice": {"Email,Email", "Email", "", nil},
	} {
		m, err := Guess(strings.FieldsFunc(c.header, func(c rune) bool { return c == ',' || c == ';' }), "s")
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

// Exports of other systems, as they name their columns, with one row each in the
// form in which they write it, and what becomes of that.
func TestExportsOfOthersAreRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text   string
		email  string
		traits map[string]any // some of them
		event  map[string]any // properties of the interest; nil for a contact
		at     string         // when it happened; "" is at the import
	}{
		"HubSpot contacts": {"Record ID,First Name,Last Name,Job Title,Company Name,Email,Phone Number,Country/Region,Lead Status,Lifecycle Stage,Original Source,Contact Owner,Create Date,Annual Revenue,Number of Employees,Lead Score\n" +
			"51,Ida,Holm,Head of Growth,Birchworks,ida@birchworks.example,+46 8 123,Sweden,New,Lead,Organic Search,Sam Reid,2026-01-29 10:00,1200000,80,37\n",
			"ida@birchworks.example", map[string]any{"first_name": "Ida", "last_name": "Holm", "title": "Head of Growth", "company": "Birchworks", "phone": "+46 8 123",
				"country": "Sweden", "employees": "80", "annual_revenue": "1200000", "lifecycle_stage": "Lead", "lead_score": "37", "record_id": "51", "contact_owner": "Sam Reid"}, nil, ""},
		"HubSpot properties": {"hs_object_id,firstname,lastname,jobtitle,company,email,phone,country,numemployees,hs_lead_status\n9,Ida,Holm,CMO,Birchworks,ida@birchworks.example,1,SE,80,NEW\n",
			"ida@birchworks.example", map[string]any{"first_name": "Ida", "title": "CMO", "employees": "80", "hs_lead_status": "NEW", "hs_object_id": "9"}, nil, ""},
		"Salesforce report of leads": {"\"Lead ID\",\"First Name\",\"Last Name\",\"Title\",\"Company / Account\",\"Email\",\"Phone\",\"State/Province\",\"Zip/Postal Code\",\"Lead Source\",\"No. of Employees\",\"Lead Owner\",\"Email Opt Out\"\n" +
			"\"00Q1\",\"Ida\",\"Holm\",\"CMO\",\"Birchworks\",\"ida@birchworks.example\",\"1\",\"Skåne\",\"211\",\"Web\",\"80\",\"Sam\",\"0\"\n",
			"ida@birchworks.example", map[string]any{"title": "CMO", "company": "Birchworks", "state": "Skåne", "postal_code": "211", "employees": "80", "lead_source": "Web", "lead_id": "00Q1", "email_opt_out": "0"}, nil, ""},
		"Salesforce fields": {"Id,LastName,FirstName,Title,Company,Email,MobilePhone,NumberOfEmployees,PostalCode,LeadSource,OwnerId,IsConverted,HasOptedOutOfEmail\n00Q1,Holm,Ida,CMO,Birchworks,ida@birchworks.example,1,80,211,Web,005,false,true\n",
			"ida@birchworks.example", map[string]any{"last_name": "Holm", "phone": "1", "employees": "80", "postal_code": "211", "is_converted": "false", "has_opted_out_of_email": "true", "id": "00Q1"}, nil, ""},
		"Pipedrive people": {"Person - Name,Person - First name,Person - Title,Person - Email - Work,Person - Email - Home,Person - Phone - Mobile,Person - Organization,Person - LinkedIn Page,Person - ID,Person - Marketing status\n" +
			"Ida Holm,Ida,CMO,,ida@postbox.example,1,Birchworks,https://linkedin.example/ida,5,subscribed\n",
			"ida@postbox.example", map[string]any{"name": "Ida Holm", "first_name": "Ida", "title": "CMO", "phone": "1", "company": "Birchworks", "linkedin": "https://linkedin.example/ida", "person_id": "5"}, nil, ""},
		"Facebook lead ads": {bomUTF8 + "id\tcreated_time\tad_id\tad_name\tcampaign_id\tcampaign_name\tform_id\tform_name\tis_organic\tplatform\twhat_is_your_budget?\tfull_name\tphone_number\twork_email\tcompany_name\n" +
			"l:71\t2025-01-29T10:00:00-05:00\tag:8\tVideo\tc:9\tSpring\tf:3\tAsk for a quote\tfalse\tig\t10-20k\tIda Holm\tp:+46812345\tida@birchworks.example\tBirchworks\n",
			"ida@birchworks.example", map[string]any{"name": "Ida Holm", "phone": "+46812345", "company": "Birchworks", "what_is_your_budget": "10-20k", "id": "l:71"},
			map[string]any{"form": "Ask for a quote", "campaign": "Spring", "ad": "Video", "platform": "ig"}, "2025-01-29T15:00:00.000Z"},
		"Facebook, offset without a colon": {"id,created_time,ad_name,form_name,email\nl:1,2025-01-29T10:00:00+0000,Video,Quote,ida@birchworks.example\n",
			"ida@birchworks.example", nil, map[string]any{"form": "Quote", "ad": "Video"}, "2025-01-29T10:00:00.000Z"},
		"LinkedIn lead forms": {"Form Name,Campaign Name,Creative ID,Lead Type,Submitted At,First Name,Last Name,Email Address,Job Title,Company Name,Company Size,LinkedIn Profile URL\n" +
			"Whitepaper,Autumn,123,SPONSORED,1/29/2026 10:00,Ida,Holm,ida@birchworks.example,CMO,Birchworks,51-200,https://linkedin.example/ida\n",
			"ida@birchworks.example", map[string]any{"title": "CMO", "company": "Birchworks", "employees": "51-200", "submitted_at": "1/29/2026 10:00", "linkedin": "https://linkedin.example/ida"},
			map[string]any{"form": "Whitepaper", "campaign": "Autumn", "ad": "123"}, ""},
		"a list with a campaign": {"Email,Campaign Name,Platform\nida@birchworks.example,Spring,ig\n", "ida@birchworks.example", map[string]any{"campaign_name": "Spring"}, nil, ""},
		"a list with a form":     {"Email,Form Name,Platform\nida@birchworks.example,Spring,ig\n", "ida@birchworks.example", map[string]any{"form_name": "Spring"}, nil, ""},
	} {
		events, rejects := readAll(t, c.text, Options{Source: "s"})
		if len(rejects) > 0 || len(events) == 0 {
			t.Errorf("%s: %d events, rejects %v", name, len(events), rejects)
			continue
		}
		at := lead.Time(now)
		if c.at != "" {
			if err := at.UnmarshalText([]byte(c.at)); err != nil {
				t.Fatal(err)
			}
		}
		e := events[0]
		if e.Email != c.email || e.UserID != "" || e.Occurred != at {
			t.Errorf("%s: read %q, %q at %s", name, e.Email, e.UserID, e.Occurred)
		}
		for trait, want := range c.traits {
			if e.Traits[trait] != want {
				t.Errorf("%s: %s is %v, want %v; all: %v", name, trait, e.Traits[trait], want, e.Traits)
			}
		}
		switch {
		case c.event == nil && len(events) != 1:
			t.Errorf("%s: a contact has the interest %v", name, events[1])
		case c.event != nil && (len(events) != 2 || events[1].Name != LeadFormSubmitted || events[1].Occurred != at || !reflect.DeepEqual(events[1].Properties, c.event)):
			t.Errorf("%s: read %+v, want the interest %v", name, events[1:], c.event)
		}
	}
	if _, err := Guess(strings.Split("Deal - Title,Deal - ID,Deal - Contact person,Deal - Stage", ","), "s"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("deals of nobody are guessed: %v", err)
	}
}

func TestSeveralAddresses(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nemail: [Work, Home]\n")
	if again := reread(t, m); !reflect.DeepEqual(again, m) {
		t.Errorf("printed and read again: %+v", again)
	}
	for row, want := range map[string]string{
		"ann@corp.example,a@home.example": "ann@corp.example", ",a@home.example": "a@home.example", "nobody,a@home.example": "a@home.example",
		"ann@corp.example; b@corp.example,": "ann@corp.example", "\"ann@corp.example, b@corp.example\",": "ann@corp.example",
		"ann; b@corp.example,": "bad_email", "nobody,": "bad_email", ";,": "bad_email", ",": "no_user_anon_id",
	} {
		events, rejects := readAll(t, "Work,Home,x\n"+row+",1\n", Options{Mapping: m})
		got := ""
		if len(events) == 1 {
			got = events[0].Email
		} else if len(rejects) == 1 {
			got = rejects[0].Code
		}
		if got != want {
			t.Errorf("%s: %s, want %s", row, got, want)
		}
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

// The same as NDJSON is no list of messages, and whoever brings it is told what to do.
func TestOwnExportAsLinesIsNamed(t *testing.T) {
	t.Parallel()
	exported := writeLeads(t, NDJSON, nil, nil, Lead{ID: "lead_1", Kind: "lead", Emails: []string{"ann@corp.example"}, UserIDs: []string{}})
	_, err := NewReader(strings.NewReader(exported), Options{Format: NDJSON})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "export them as CSV") {
		t.Errorf("read as %v", err)
	}
	if _, err := NewReader(strings.NewReader(exported), Options{Mapping: mapped(t, "source: s\nformat: ndjson\nuser_id: id\n")}); err != nil {
		t.Errorf("under a mapping: %v", err)
	}
}

// What was exported can be imported again: the people with what is known of
// them, formulas that the export made harmless included.
func TestOwnExportIsRead(t *testing.T) {
	t.Parallel()
	exported := writeLeads(t, CSV, []string{"score"}, []string{"title", "visits"}, Lead{
		ID: "lead_1", Kind: "lead", Emails: []string{"Ann@corp.example", "ann@home.example"}, UserIDs: []string{"a", "b"}, Stage: "MQL",
		Attributes: Attributes{"title": text("=HYPERLINK(1)"), "visits": {Kind: lead.Number, Num: -5}},
	})
	events, rejects := readAll(t, exported, Options{Source: "export"})
	if len(rejects) > 0 || len(events) != 3 {
		t.Fatalf("%d events, rejects %v", len(events), rejects)
	}
	e := events[0]
	want := map[string]any{"email": "Ann@corp.example", "title": "=HYPERLINK(1)", "visits": "-5"}
	if e.Email != "ann@corp.example" || e.UserID != "a" || !reflect.DeepEqual(e.Traits, want) {
		t.Errorf("read %q, %q, %v", e.Email, e.UserID, e.Traits)
	}
	for i, want := range []lead.Event{{Type: lead.Alias, UserID: "b", PreviousID: "a"}, {Type: lead.Identify, UserID: "a", Email: "ann@home.example"}} {
		e := events[1+i]
		if e.Type != want.Type || e.UserID != want.UserID || e.PreviousID != want.PreviousID || e.Email != want.Email || e.Company != "" || len(e.Traits) > 0 {
			t.Errorf("further name %d is told as %+v", i, e)
		}
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
