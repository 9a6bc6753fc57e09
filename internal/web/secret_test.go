package web_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

var tags = regexp.MustCompile(`<[^>]*>`)

// Who sorts, filters or exports by what is kept of those who work here, or of how
// things are kept, hears what they would of a field that nobody ever thought of:
// nothing can be guessed letter by letter.
func TestNoListKnowsSecrets(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	_, err := h.App.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{{MessageID: "1", Type: lead.Identify, Origin: lead.Server, UserID: "ada", Occurred: midday,
		Body: []byte(`{"traits":{"email":"ada@engine.example"}}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(name, value string) (answers []string) {
		t.Helper()
		say := func(a answer) {
			text := tags.ReplaceAllString(a.Body.String(), "")
			answers = append(answers, fmt.Sprint(a.Code, " ", strings.NewReplacer(name, "NAME", strings.ReplaceAll(name, "_", " "), "NAME").Replace(text)))
		}
		for _, path := range []string{"/leads", "/leads/board", "/accounts", "/events"} {
			for _, query := range []string{name + "=" + value, name + "~=" + value, name + ">=" + value, name + "!=" + value, "sort=" + name, "sort=-" + name} {
				say(h.askAs(access.Admin, path+"?"+query))
			}
		}
		say(h.post(access.Admin, "/leads/export?sort="+name))
		say(h.post(access.Admin, "/leads/export", name, value))
		return answers
	}
	want := ask("zzzzzzzz", "$argon2id")
	for _, name := range []string{"password", "password_hash", "owner.password", "user_id.secret", "session", "token", "write_key", "papers", "ticket"} {
		for i, got := range ask(name, "$argon2id") {
			if got != want[i] {
				at := 0
				for at < min(len(got), len(want[i])) && got[at] == want[i][at] {
					at++
				}
				at = max(0, at-40)
				t.Errorf("%d: of %s one hears %.200q, and of what there is not %.200q", i, name, got[at:], want[i][at:])
			}
		}
	}
	if !strings.Contains(want[0], "leads have no field") || !strings.Contains(want[4], "cannot be sorted by") {
		t.Errorf("of a field that there is not one hears\n%s\n%s", want[0], want[4])
	}
}
