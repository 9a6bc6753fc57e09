package bulk

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"galena/internal/fault"
	"galena/internal/phrase"
)

// Names by which tables call what a mapping wants, written by letterKey; the
// better one first. They are those of the common customer databases, of
// advertising platforms' lead forms, and of people's own tables.
var (
	userIDNames      = []string{"userid", "externalid", "externaluserid", "customerid", "uid", "nutzerid", "benutzerid"}
	anonymousIDNames = []string{"anonymousid", "visitorid", "cookieid"}
	emailNames       = []string{
		"email", "emailaddress", "workemail", "workemailaddress", "businessemail", "companyemail", "corporateemail",
		"primaryemail", "personemailwork", "personemail", "contactemail", "leademail", "emailwork", "email1", "email1value",
		"mail", "mailaddress", "emailhome", "emailother", "personalemail", "personemailhome", "personemailother", "emailadresse", "geschäftlicheemail", "emailgeschäftlich", "mailadresse", "emailprivat", "courriel", "correoelectronico",
	}
	// recordIDNames count only in a table without addresses: numbers of another
	// database must not pass for those of one's own product where there is
	// something better.
	recordIDNames = []string{"recordid", "contactid", "leadid", "personid", "prospectid", "hsobjectid", "kontaktid", "datensatzid", "id"}
)

var traitNames = []struct {
	trait string
	names []string
}{
	{"first_name", []string{"firstname", "givenname", "forename", "personfirstname", "vorname", "rufname", "prenom", "nombre"}},
	{"last_name", []string{"lastname", "surname", "familyname", "personlastname", "nachname", "familienname", "apellido", "apellidos"}},
	{"name", []string{"fullname", "name", "personname", "contactname", "leadname", "ansprechpartner", "kontaktname"}},
	{"title", []string{"jobtitle", "title", "persontitle", "position", "jobposition", "contacttitle", "funktion", "jobtitel", "berufsbezeichnung", "stellenbezeichnung"}},
	{"company", []string{"companyname", "company", "organization", "organisation", "personorganization", "organizationname", "accountname", "companyaccount", "employer", "firma", "firmenname", "unternehmen", "unternehmensname", "arbeitgeber", "associatedcompany", "primaryassociatedcompany"}},
	{"phone", []string{"phonenumber", "phone", "workphone", "businessphone", "personphonework", "personphone", "mobilephone", "mobilephonenumber", "mobile", "personphonemobile", "telephone", "telefon", "telefonnummer", "telefonnr", "rufnummer", "mobil", "mobiltelefon", "mobilnummer", "handy", "handynummer"}},
	{"country", []string{"country", "countryregion", "countrycode", "personcountry", "mailingcountry", "land", "länderkennzeichen"}},
	{"state", []string{"state", "stateregion", "stateprovince", "region", "province", "personstate", "mailingstate", "bundesland", "kanton"}},
	{"city", []string{"city", "town", "personcity", "mailingcity", "stadt", "ort", "wohnort"}},
	{"postal_code", []string{"postalcode", "zippostalcode", "zip", "zipcode", "postcode", "mailingzippostalcode", "plz", "postleitzahl"}},
	{"street", []string{"street", "streetaddress", "address", "addressline1", "mailingstreet", "straße", "strasse", "straßehausnummer", "strassehausnummer", "straßeundhausnummer", "anschrift", "adresse"}},
	{"website", []string{"website", "websiteurl", "companywebsite", "companydomain", "personwebsite", "webpage", "webseite", "homepage", "internetseite", "webadresse", "internetadresse"}},
	{"industry", []string{"industry", "companyindustry", "sector", "branche", "wirtschaftszweig"}},
	{"employees", []string{"numberofemployees", "noofemployees", "numemployees", "employees", "employeecount", "companysize", "headcount", "mitarbeiter", "mitarbeitende", "mitarbeiterinnen", "mitarbeiterzahl", "mitarbeiteranzahl", "anzahlmitarbeiter", "anzahldermitarbeiter", "zahldermitarbeiter", "beschäftigte", "anzahlbeschäftigte", "unternehmensgröße", "firmengröße"}},
	{"annual_revenue", []string{"annualrevenue", "revenue"}},
	{"linkedin", []string{"linkedin", "linkedinurl", "linkedinprofile", "linkedinprofileurl", "linkedinpage", "personlinkedinpage", "linkedinbio"}},
}

// Guess makes a mapping of a CSV header: who a row is about, the traits that
// tables commonly have, and the rest as it is called. Rows are contacts, but for
// those of a table of answers to advertisements, whose forms are an interest. It
// fails if no column looks like a person's address or id.
func Guess(header []string, source string) (*Mapping, error) {
	names := headerNames(header)
	if m := guessExport(names, source); m != nil {
		return m, nil
	}
	columns := make(map[string]string, len(names))
	for _, name := range names {
		if key := letterKey(name); columns[key] == "" {
			columns[key] = name
		}
	}
	pick := func(candidates []string) string {
		for _, key := range candidates {
			if column := columns[key]; column != "" {
				delete(columns, key)
				return column
			}
		}
		return ""
	}
	by := maps.Clone(columns)
	if columns["vorname"] != "" && columns["nachname"] == "" { // Name beside it is the other half
		columns["nachname"] = columns["name"]
		delete(columns, "name")
	}
	m := &Mapping{Source: source, Format: CSV, KeepRest: true}
	m.Email = pick(emailNames)
	for column := pick(emailNames); column != ""; column = pick(emailNames) {
		m.OtherEmails = append(m.OtherEmails, column)
	}
	m.UserID = pick(userIDNames)
	m.AnonymousID = pick(anonymousIDNames)
	if m.Email == "" && m.UserID == "" {
		m.UserID = pick(recordIDNames)
	}
	if m.Email == "" && m.UserID == "" && m.AnonymousID == "" {
		return nil, fault.New(fault.Invalid, "no column looks like an email address or an id of a person: write a mapping that names `email` or `user_id`. The columns are %s", list(names))
	}
	for _, t := range traitNames {
		if column := pick(t.names); column != "" {
			m.Traits = append(m.Traits, Field{Name: t.trait, Datum: Datum{Column: column}})
		}
	}
	guessForm(m, by)
	return m, nil
}

// ownAttribute begins the columns of attributes in our own export.
const ownAttribute = "attributes."

// guessExport makes a mapping of our own export of leads: who they are and what
// is known about them; the rest was computed. nil for any other table.
func guessExport(names []string, source string) *Mapping {
	if !slices.Contains(names, "emails") || !slices.Contains(names, "user_ids") {
		return nil
	}
	m := &Mapping{Source: source, Format: CSV, Email: "emails", UserID: "user_ids", Several: true}
	for _, column := range names {
		if attribute, ok := strings.CutPrefix(column, ownAttribute); ok {
			m.Traits = append(m.Traits, Field{Name: attribute, Datum: Datum{Column: column}})
		}
	}
	return m
}

// letterKey is a column's name without what tables vary: case, blanks, signs.
func letterKey(name string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, name)
}

func quote(s string) string { return strconv.Quote(s) }

// list names columns for a sentence, as many as can be read.
func list(names []string) phrase.Phrase {
	const shown = 50
	quoted := make([]string, 0, shown)
	for i, name := range names {
		if i == shown {
			return phrase.New("%s and %d more", strings.Join(quoted, ", "), len(names)-shown)
		}
		quoted = append(quoted, quote(name))
	}
	return phrase.Verbatim(strings.Join(quoted, ", "))
}
