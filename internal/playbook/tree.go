package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"galena/internal/phrase"
)

// The YAML reader is go.yaml.in/yaml/v4: of the readers weighed it alone gives
// line and column of syntax errors, and lets its depth be limited from outside.
// It is asked for nodes only; it neither resolves aliases nor guesses types here.

// Limits of a document's text.
const (
	MaxSource = 2 << 20 // bytes
	MaxDepth  = 64      // nesting, aliases followed
	// MaxExpansion is how many times its size a document may grow to when its
	// aliases are followed.
	MaxExpansion = 10
	// maxMarks bounds the characters that can begin a node, and so the reader's
	// work: time and memory go with nodes, not with bytes. Rules and signals at
	// their limits take half of them.
	maxMarks = 100_000
)

// readTree reads the one YAML document in src and checks what no playbook may
// have wherever it stands. It returns nil if there is nothing to go on with.
func readTree(src *source, c *collector) *yaml.Node {
	if !readable(src, c) {
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(src.text), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(MaxDepth))))
	var document yaml.Node
	if err == nil {
		err = loader.Load(&document)
	}
	if errors.Is(err, io.EOF) || err == nil && len(document.Content) == 0 {
		c.report(Place{1, 1}, "", "the document is empty; a playbook begins with \"galena: 1\"")
		return nil
	}
	if err != nil {
		c.add(syntaxProblem(src, err))
		return nil
	}
	var second yaml.Node
	if err := loader.Load(&second); err == nil {
		c.report(placeOf(&second), "", "a second document begins here; a playbook is one document, without \"---\" in the middle")
		return nil
	} else if !errors.Is(err, io.EOF) {
		c.add(syntaxProblem(src, err))
		return nil
	}
	root := document.Content[0]
	w := walker{c: c, known: map[*yaml.Node]extent{}}
	whole := w.walk(root, "", 1)
	switch {
	case w.broken:
		return nil
	case whole.size > MaxExpansion*max(w.own, 100):
		c.report(placeOf(root), "", "its aliases make the document more than %d times as long as it is written", MaxExpansion)
		return nil
	}
	return root
}

// readable checks the bytes before any reader sees them.
func readable(src *source, c *collector) bool {
	text := src.text
	if len(text) > MaxSource {
		c.report(Place{1, 1}, "", "the document has %d bytes; at most %d are read", len(text), MaxSource)
		return false
	}
	marks := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			c.report(src.place(i), "", "this is not UTF-8 text; save the file as UTF-8")
			return false
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f, r == 0xfeff:
			c.report(src.place(i), "", "the control character U+%04X cannot stand in a playbook", r)
			return false
		case strings.ContainsRune(",:-?[]{}\n\r", r):
			marks++
		}
		i += n
	}
	if marks > maxMarks {
		c.report(Place{1, 1}, "", "the document has more than %d parts; that is no playbook", maxMarks)
		return false
	}
	for _, start := range src.starts {
		// Directives change what tags mean, and reading many of them takes quadratic time.
		if start < len(text) && text[start] == '%' {
			c.report(src.place(start), "", "a line cannot begin with %%: YAML directives are not used in playbooks")
			return false
		}
	}
	return true
}

// extent is what a node amounts to when all aliases in it are followed.
type extent struct {
	size  int // nodes, and a further one for each 64 bytes of text
	depth int
}

// walker goes through a tree, each node once.
type walker struct {
	c      *collector
	known  map[*yaml.Node]extent // {} while the node is being walked
	own    int                   // size of the tree as written
	broken bool                  // it cannot be walked again
}

func (w *walker) walk(n *yaml.Node, path string, depth int) extent {
	if n.Kind == yaml.AliasNode {
		inner := w.known[n.Alias] // an anchor always comes before its aliases
		if inner.size == 0 {
			w.fail(n, path, "the alias *%s stands inside of what it names", n.Value)
		}
		w.own++
		if depth+inner.depth-1 > MaxDepth {
			w.fail(n, path, "this is nested more than %d levels deep", MaxDepth)
		}
		return inner
	}
	if depth > MaxDepth {
		w.fail(n, path, "this is nested more than %d levels deep", MaxDepth)
		return extent{1, 1}
	}
	w.known[n] = extent{}
	w.tag(n, path)
	total := extent{size: 1 + len(n.Value)/64, depth: 1}
	w.own += total.size
	if n.Kind == yaml.MappingNode {
		w.keys(n, path)
	}
	for i, child := range n.Content {
		inner := w.walk(child, childPath(n, i, path), depth+1)
		total.size = min(total.size+inner.size, 1<<40)
		total.depth = max(total.depth, inner.depth+1)
	}
	w.known[n] = total
	return total
}

func (w *walker) fail(n *yaml.Node, path, format string, args ...any) {
	w.broken = true
	w.c.report(placeOf(n), path, format, args...)
}

// tag refuses explicit tags: the playbook's own schema gives every value its type.
func (w *walker) tag(n *yaml.Node, path string) {
	if n.Style&yaml.TaggedStyle == 0 {
		return
	}
	p := Problem{Line: n.Line, Column: n.Column, Path: path, Found: phrase.Verbatim(quote(n.Tag))}
	p.Message = phrase.New("YAML tags are not used in playbooks")
	if !strings.HasPrefix(n.Tag, "!!") {
		p.Message = phrase.New("YAML takes a word that begins with ! for a tag")
		p.Expected = phrase.New("the value in quotes, as in '!identified'")
	}
	w.c.add(p)
	w.broken = true
}

// keys refuses keys that are given twice, merge keys and keys that are no words.
func (w *walker) keys(n *yaml.Node, path string) {
	first := map[string]*yaml.Node{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			w.fail(key, path, "a field's name must be a word")
			continue
		}
		if key.Tag == "!!merge" {
			w.fail(key, path, "merge keys (<<) are not used in playbooks; write the fields out")
			continue
		}
		if before := first[key.Value]; before != nil {
			w.c.report(placeOf(key), join(path, key.Value), "%s stands here twice; it was first given in line %d", quote(key.Value), before.Line)
			continue
		}
		first[key.Value] = key
	}
}

// placeOf is where a node begins.
func placeOf(n *yaml.Node) Place { return Place{n.Line, n.Column} }

// childPath is the path of the i-th of n.Content.
func childPath(n *yaml.Node, i int, path string) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return fmt.Sprintf("%s[%d]", path, i)
	case i%2 == 0:
		return path
	default:
		return join(path, n.Content[i-1].Value)
	}
}

// join adds a field to a path.
func join(path, field string) string {
	const most = 64
	if len(field) > most {
		field = strings.ToValidUTF8(field[:most], "") + "…"
	}
	if path == "" {
		return field
	}
	return path + "." + field
}
