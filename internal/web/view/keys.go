package view

import "galena/internal/access"

// pageKeys lead to the pages of the navigation, from wherever one is.
var pageKeys = map[string]string{
	"home": "g h", "leads": "g l", "accounts": "g a", "playbook": "g p", "sources": "g c", "events": "g e", "imports": "g i", "settings": "g s",
}

// shortcut is what to press, one after another, and the key of the text that says
// what it does.
type shortcut struct{ Press, Text string }

type shortcuts struct {
	Name string
	Keys []shortcut
}

// keyGroups are the keys that do something for who is there: those of app.js, and
// those that elements name as their data-key.
func keyGroups(f *Frame) []shortcuts {
	pages := []string{"home", "leads", "accounts", "playbook"}
	if f.May(access.SeeCapture) {
		pages = append(pages, "sources", "events", "imports")
	}
	toPages := shortcuts{Name: "go"}
	for _, part := range append(pages, "settings") {
		toPages.Keys = append(toPages.Keys, shortcut{pageKeys[part], "frame." + part})
	}
	list := shortcuts{"list", []shortcut{{"j", "frame.keys.next"}, {"k", "frame.keys.previous"}, {"Enter", "frame.keys.open"}, {"f", "frame.keys.filter"}}}
	if f.May(access.Work) {
		list.Keys = append(list.Keys, shortcut{"x", "frame.keys.choose"})
	}
	all := []shortcuts{
		{"anywhere", []shortcut{{"/", "frame.search"}, {"?", "frame.keys.help"}, {"Esc", "frame.keys.close"}}},
		toPages, list,
	}
	var lead []shortcut
	if f.May(access.Work) {
		lead = append(lead, shortcut{"n", "frame.keys.note"})
	}
	if f.May(access.Work) || f.May(access.Export) {
		lead = append(lead, shortcut{"c", "frame.keys.change"})
	}
	if len(lead) > 0 {
		all = append(all, shortcuts{"lead", lead})
	}
	return all
}
