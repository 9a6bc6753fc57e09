package web_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/playbook"
)

// rowsOf are the fields of the form on a page, as a browser without script sends
// them.
func rowsOf(text string) url.Values {
	form := url.Values{}
	_, text, _ = strings.Cut(text, `id="condition"`)
	for _, m := range regexp.MustCompile(`<input[^>]* name="([^"]+)"[^>]*?(?: value="([^"]*)")?[^>]*>`).FindAllStringSubmatch(text, -1) {
		value := regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(m[0])
		if value == nil {
			value = []string{"", ""}
		}
		form.Set(m[1], html.UnescapeString(value[1]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)".*?</select>`).FindAllStringSubmatch(text, -1) {
		options := regexp.MustCompile(`<option value="([^"]*)"( selected)?`).FindAllStringSubmatch(m[0], -1)
		form.Set(m[1], html.UnescapeString(options[0][1]))
		for _, o := range options {
			if o[2] != "" {
				form.Set(m[1], html.UnescapeString(o[1]))
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>`).FindAllStringSubmatch(text, -1) {
		form.Set(m[1], strings.ReplaceAll(html.UnescapeString(m[2]), "\n", "\r\n"))
	}
	return form
}

// press sends the form with a button and some fields filled.
func (v *visitor) press(path, text, button string, filled map[string]string, codes ...int) (string, string) {
	v.Helper()
	form := rowsOf(text)
	for name, value := range filled {
		form.Set(name, value)
	}
	form.Set("do", button)
	return v.post(path, form, codes...)
}

// A condition is made of rows without any script: rows come and go by buttons, and
// nothing is kept before it is saved.
func TestConditionWithoutScript(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Autumn")
	source, _ := playbook.Shipped(app.DefaultPlaybook)
	at := draft + "/condition?path=" + url.QueryEscape("stages[2].when")
	text := v.get(at, 200)

	// What is as it was is not written anew.
	if to, _ := v.press(at, text, "save", nil, 200); to != draft+"/conditions" || v.get(draft+"/yaml", 200) != string(source) {
		t.Errorf("who saves what is there comes to %s, or changed the text", to)
	}
	_, text = v.press(at, text, "remove.0", nil, 200)
	_, text = v.press(at, text, "add", nil, 200)
	// Another subject has other fields, which must be seen before they are saved.
	_, text = v.press(at, text, "save", map[string]string{"about.2": "count:pricing_visit", "value.2": "x"}, 422)
	if !strings.Contains(text, "What is asked about has changed") || v.get(draft+"/yaml", 200) != string(source) {
		t.Error("a row that nobody has seen is saved")
	}
	_, text = v.press(at, text, "save", map[string]string{"value.2": "many"}, 422)
	if !strings.Contains(text, "Row 3: &#34;many&#34; is not a number") {
		t.Error("of a value that is no number nothing is said")
	}
	v.press(at, text, "save", map[string]string{"value.2": "2", "window.2": "30d", "joint": "any"}, 200)
	want := strings.Replace(string(source), "when: reachable && fit >= 20 && score >= 60", "when: fit >= 20 || score >= 60 || count(pricing_visit, 30d) >= 2", 1)
	if got := v.get(draft+"/yaml", 200); got != want {
		t.Errorf("the text is\n%s", got)
	}
	// How many different values: where they are has to be said.
	_, text = v.press(at, v.get(at, 200), "save", map[string]string{"about.2": "distinct:pricing_visit"}, 422)
	if !strings.Contains(text, "Row 3: Write where in the events the values are") || !strings.Contains(text, `name="of.2"`) {
		t.Error("of values that are nowhere nothing is said")
	}
	v.press(at, text, "save", map[string]string{"of.2": "page.path"}, 200)
	want = strings.Replace(want, "count(pricing_visit, 30d)", "distinct(pricing_visit, page.path, 30d)", 1)
	if got := v.get(draft+"/yaml", 200); got != want {
		t.Errorf("the text is\n%s", got)
	}
	if text = v.get(at, 200); !strings.Contains(text, `value="page.path"`) {
		t.Error("the row does not come back")
	}
	// Somebody else has saved since.
	if _, text = v.press(at, text, "save", map[string]string{"revision": "1", "value.2": "3"}, 422); !strings.Contains(text, "saved this draft") {
		t.Error("who comes late is not told")
	}
}

// Values look as people write them, and come back as what they are.
func TestConditionValues(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Autumn")
	for i, condition := range []string{
		`properties.a == "5"`, `properties.a == 5`, `properties.a == true`, `properties.a == "true"`, `properties.a in ["", " x ", "\"q\"", "a, b", -1.5]`,
		`has(properties.a) && !page.path.contains("\\d")`, `name == "<script>\"'"`, `"x" in properties.list || properties.yes`,
	} {
		source, _ := playbook.Shipped(app.DefaultPlaybook)
		changed, err := playbook.Rewrite(source, "signals.pricing_visit.where", condition)
		if err != nil {
			t.Fatal(err)
		}
		v.post(draft, url.Values{"revision": {string(rune('1' + i))}, "text": {string(changed)}}, 200)
		at := draft + "/condition?path=signals.pricing_visit.where"
		text := v.get(at, 200)
		_, text = v.press(at, text, "refresh", nil, 200)
		said := regexp.MustCompile(`(?s)id="condition-said".*?<code>(.*?)</code>`).FindStringSubmatch(text)
		if said == nil || html.UnescapeString(said[1]) != condition {
			t.Errorf("%s comes back as %q", condition, said)
		}
	}
	v.get(draft+"/condition?path=nothing", 404)
	o.enter(t, access.Sales).get(draft+"/conditions", 403)
}

// Rows stand in groups, and signals beside each other, without any script.
func TestConditionGroups(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Groups")
	source, _ := playbook.Shipped(app.DefaultPlaybook)
	const was = "when: reachable && fit >= 20 && score >= 60"
	at := draft + "/condition?path=" + url.QueryEscape("stages[2].when")
	is := func(want string) {
		t.Helper()
		if got := v.get(draft+"/yaml", 200); got != strings.Replace(string(source), was, "when: "+want, 1) {
			t.Errorf("it is not %s:\n%s", want, regexp.MustCompile(`(?m)^.*when: .*score.*$`).FindString(got))
		}
	}

	_, text := v.press(at, v.get(at, 200), "group", nil, 200)
	_, text = v.press(at, text, "add.3", map[string]string{"about.4": "count:pricing_visit", "group.3": "any"}, 200)
	_, text = v.press(at, text, "save", map[string]string{"value.4": "2", "about.5": "same:pricing_visit"}, 422)
	// Its place and the other signal have to be said; rows are counted through.
	_, text = v.press(at, text, "save", nil, 422)
	if !strings.Contains(text, "Row 6: Write where in the events") {
		t.Error("of a pair without a place nothing is said")
	}
	v.press(at, text, "save", map[string]string{"of.5": "page.path", "other.5": "demo_request", "window.5": "30d"}, 200)
	is("reachable && fit >= 20 && score >= 60 && (count(pricing_visit) >= 2 || same(pricing_visit, demo_request, page.path, 30d))")

	// What was not changed is not written anew, and the last row of a group takes it away.
	text = v.get(at, 200)
	if to, _ := v.press(at, text, "save", nil, 200); to != draft+"/conditions" {
		t.Errorf("who saves what is there comes to %s", to)
	}
	_, text = v.press(at, text, "remove.0", nil, 200)
	_, text = v.press(at, text, "remove.3", nil, 200)
	v.press(at, text, "save", map[string]string{"how.3": "holds_not"}, 200)
	is("fit >= 20 && score >= 60 && !same(pricing_visit, demo_request, page.path, 30d)")
	_, text = v.press(at, v.get(at, 200), "group", nil, 200)
	_, text = v.press(at, text, "save", map[string]string{"about.4": "value:reachable"}, 422)
	_, text = v.press(at, text, "add.3", nil, 200)
	_, text = v.press(at, text, "remove.5", nil, 200)
	_, text = v.press(at, text, "remove.4", nil, 200)
	if strings.Contains(text, "question-group") {
		t.Error("a group stays without rows")
	}
	_, text = v.press(at, text, "group", nil, 200)
	_, text = v.press(at, text, "remove.3", nil, 200)
	v.press(at, text, "save", nil, 200)
	is("fit >= 20 && score >= 60 && !same(pricing_visit, demo_request, page.path, 30d)")
	// A form that nobody made has no group before its rows.
	v.press(at, text, "refresh", map[string]string{"inner.0": "1", "group.2": "x"}, 200)
}

// What is wrong names the row, and stands below it; times and numbers are taken as people
// write them where that can mean nothing else.
func TestConditionRowIsNamed(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Named")
	at := draft + "/condition?path=" + url.QueryEscape("stages[2].when")
	_, text := v.press(at, v.get(at, 200), "cel", nil, 200)
	below := func(n, want string) {
		t.Helper()
		said := regexp.MustCompile(`id="wrong-row\.([0-9]+)">([^<]*)<`).FindAllStringSubmatch(text, -1)
		if len(said) != 1 || said[0][1] != n || html.UnescapeString(said[0][2]) != want {
			t.Errorf("below the rows one reads %q, want %q below row %s", said, want, n)
		}
		if !strings.Contains(text, `aria-describedby="wrong-row.`+n+`"`) {
			t.Errorf("no field of row %s is marked", n)
		}
	}
	_, text = v.press(at, text, "save", map[string]string{"cel.3": `titel == "x"`}, 422)
	below("3", `There is no titel here: found titel, expected an attribute, score or function of the playbook; did you mean title?`)
	if !strings.Contains(text, "Row 4: There is no titel here") {
		t.Error("the row is not named")
	}
	_, text = v.press(at, text, "save", map[string]string{"cel.3": `employees > "x"`}, 422)
	below("3", "These cannot be compared: number and text: found text, expected number")
	_, text = v.press(at, text, "save", map[string]string{"cel.3": `known(title)`, "value.1": "1,5"}, 422)
	below("1", `"1,5" is not a number such as 1.5.`)
	_, text = v.press(at, text, "save", map[string]string{"value.1": "1.5", "about.2": "count:pricing_visit", "cel.3": "titel"}, 422)
	_, text = v.press(at, text, "save", map[string]string{"value.2": "2", "window.2": "3 months", "cel.3": "known(title)"}, 422)
	below("2", `"3 months" is not a time such as 90d.`)
	v.press(at, text, "save", map[string]string{"window.2": "3 weeks"}, 200)
	if got := v.get(draft+"/yaml", 200); !strings.Contains(got, "when: reachable && fit >= 1.5 && count(pricing_visit, 3w) >= 2 && known(title)\n") {
		t.Errorf("the text is\n%s", got)
	}
}
