package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"galena/internal/store"
)

// paintPapers adds to a portrait the papers of the drawers that the suite fills.
func paintPapers(s store.Snapshot, p *portrait) error {
	for _, drawer := range drawers {
		for after := ""; ; {
			papers, err := s.Papers(drawer, "", after, 2)
			if err != nil {
				return err
			}
			if len(papers) == 0 {
				break
			}
			p.Papers = append(p.Papers, papers...)
			after = papers[len(papers)-1].Name
		}
	}
	return nil
}

var drawers = []string{"", "users", "a\x00b"}

// changePapers keeps a paper, takes another away and lists some.
func changePapers(tx store.Tx, name string, number int, text []byte) (any, error) {
	drawer := drawers[number%len(drawers)]
	if name == "" {
		name = "nameless"
	}
	before, err := tx.Paper(drawer, name)
	if err != nil {
		return nil, err
	}
	if err := tx.PutPaper(store.Paper{Drawer: drawer, Name: name, Text: text}); err != nil {
		return nil, err
	}
	last, err := tx.LastPapers(drawer, name[:1], "", number%4)
	return []any{before, last}, err
}

var papers = []test{
	{"papers are kept, replaced, taken away, and paged by the bytes of their names", func(f *fixture) {
		names := []string{"a", "a\x00b", "a\xff", "a\xff\xff", "b", "\x10b", "ß", "Z", "\xff"}
		f.write(func(tx store.Tx) error {
			for i, name := range names {
				for _, drawer := range []string{"users", "views"} {
					if err := tx.PutPaper(store.Paper{Drawer: drawer, Name: name, Text: fmt.Append(nil, drawer, i)}); err != nil {
						return err
					}
				}
			}
			return nil
		})
		f.write(func(tx store.Tx) error {
			return errors.Join(tx.PutPaper(store.Paper{Drawer: "users", Name: "b", Text: []byte("other\x00\xff")}),
				tx.PutPaper(store.Paper{Drawer: "users", Name: "Z"}), tx.PutPaper(store.Paper{Drawer: "users", Name: "never there"}))
		})
		for name, want := range map[string][]byte{"b": []byte("other\x00\xff"), "Z": nil, "never there": nil, "a": []byte("users0")} {
			same(f, name, ask(f, func(s store.Snapshot) ([]byte, error) { return s.Paper("users", name) }), want)
		}
		same(f, "of another drawer", ask(f, func(s store.Snapshot) ([]byte, error) { return s.Paper("views", "Z") }), []byte("views7"))
		for _, page := range []struct {
			prefix, at  string
			limit       int
			up, downAre []string
		}{
			{"", "", 99, []string{"\x10b", "a", "a\x00b", "a\xff", "a\xff\xff", "b", "ß", "\xff"}, []string{"\xff", "ß", "b", "a\xff\xff", "a\xff", "a\x00b", "a", "\x10b"}},
			{"a", "", 2, []string{"a", "a\x00b"}, []string{"a\xff\xff", "a\xff"}},
			{"a", "a\xff", 9, []string{"a\xff\xff"}, []string{"a\x00b", "a"}},
			{"a\xff", "", 9, []string{"a\xff", "a\xff\xff"}, []string{"a\xff\xff", "a\xff"}},
			{"\xff", "", 9, []string{"\xff"}, []string{"\xff"}},
			{"b", "a", 9, []string{"b"}, nil},
			{"", "", 0, nil, nil}, {"", "", -1, nil, nil}, {"none", "", 9, nil, nil},
		} {
			up := ask(f, func(s store.Snapshot) ([]store.Paper, error) {
				return s.Papers("users", page.prefix, page.at, page.limit)
			})
			down := ask(f, func(s store.Snapshot) ([]store.Paper, error) {
				return s.LastPapers("users", page.prefix, page.at, page.limit)
			})
			same(f, fmt.Sprintf("Papers(%q, %q, %d)", page.prefix, page.at, page.limit), namesOf(up), page.up)
			same(f, fmt.Sprintf("LastPapers(%q, %q, %d)", page.prefix, page.at, page.limit), namesOf(down), page.downAre)
		}
		f.refused("a paper without a name", func(tx store.Tx) error {
			return tx.PutPaper(store.Paper{Drawer: "users", Text: []byte("x")})
		})
	}},

	{"who has read a paper writes it undisturbed, also one that was not there", func(f *fixture) {
		const callers, turns = 4, 5
		var all sync.WaitGroup
		for n := range callers {
			all.Go(func() {
				for range turns {
					err := f.node(n).Write(context.Background(), func(tx store.Tx) error {
						text, err := tx.Paper("counts", "one")
						if err != nil {
							return err
						}
						so, _ := strconv.Atoi(string(text))
						return tx.PutPaper(store.Paper{Drawer: "counts", Name: "one", Text: strconv.AppendInt(nil, int64(so)+1, 10)})
					})
					if err != nil {
						f.Errorf("caller %d: %v", n, err)
					}
				}
			})
		}
		all.Wait()
		same(f, "counted", ask(f, func(s store.Snapshot) ([]byte, error) { return s.Paper("counts", "one") }), fmt.Append(nil, callers*turns))
	}},
}

func namesOf(papers []store.Paper) []string {
	var names []string
	for _, p := range papers {
		names = append(names, p.Name)
	}
	return names
}
