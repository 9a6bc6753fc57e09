package memory

import (
	"slices"
	"strings"

	"galena/internal/store"
)

// place orders papers.
type place struct{ drawer, name string }

func (s *snapshot) Paper(drawer, name string) ([]byte, error) {
	text, _ := s.papers.get(place{drawer, name})
	return slices.Clone(text), s.ready()
}

func (s *snapshot) Papers(drawer, prefix, after string, limit int) ([]store.Paper, error) {
	var listed []store.Paper
	for at, text := range s.papers.from(place{drawer, max(prefix, after)}) {
		if len(listed) >= limit || at.drawer != drawer || !strings.HasPrefix(at.name, prefix) {
			break
		}
		if at.name > after {
			listed = append(listed, store.Paper{Drawer: drawer, Name: at.name, Text: slices.Clone(text)})
		}
	}
	return listed, s.ready()
}

func (s *snapshot) LastPapers(drawer, prefix, before string, limit int) ([]store.Paper, error) {
	var listed []store.Paper
	for at, text := range s.papers.from(place{drawer, prefix}) {
		if at.drawer != drawer || !strings.HasPrefix(at.name, prefix) || before != "" && at.name >= before {
			break
		}
		listed = append(listed, store.Paper{Drawer: drawer, Name: at.name, Text: slices.Clone(text)})
	}
	slices.Reverse(listed)
	if limit = max(0, min(limit, len(listed))); limit == 0 {
		return nil, s.ready()
	}
	return listed[:limit], s.ready()
}

func (t *tx) PutPaper(p store.Paper) error {
	switch {
	case p.Name == "":
		return t.refuse("A paper of %q has no name.", p.Drawer)
	case len(p.Text) == 0:
		t.papers = t.papers.without(place{p.Drawer, p.Name})
	default:
		t.papers = t.papers.with(place{p.Drawer, p.Name}, slices.Clone(p.Text))
	}
	return t.ready()
}
