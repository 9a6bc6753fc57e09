package bulk

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// record is a row as a mapping sees it: named cells, whatever the file's form.
type record struct {
	names []string
	cells []cell
	index map[string]int
	// mended says that text of it was no Unicode.
	mended bool
}

// cell is a value as text. In NDJSON what is no text keeps its JSON in raw.
type cell struct {
	text string
	raw  jsontext.Value
}

// cell is the row's value in a column, without text if it has none.
func (r *record) cell(column string) cell {
	if column == "" {
		return cell{} // a mapping's "none", whatever an object calls so
	}
	if i, ok := r.index[column]; ok && i < len(r.cells) {
		return r.cells[i]
	}
	return cell{}
}

// add takes the members of a JSON object in: those of nested objects are named by
// their path, null is left out, lists are kept as they are.
func (r *record) add(prefix string, object jsontext.Value, depth int) error {
	dec := jsontext.NewDecoder(bytes.NewReader(object))
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		key, err := dec.ReadToken()
		if err != nil {
			return err
		}
		name, mended := mend(prefix + key.String())
		r.mended = r.mended || mended
		if name == "" {
			name = "column" // as one of a table without a name
		}
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		c := cell{text: string(value), raw: mendValue(value)}
		r.mended = r.mended || !bytes.Equal(c.raw, value)
		switch value.Kind() {
		case 'n':
			continue
		case '"':
			text, err := jsontext.AppendUnquote(nil, value)
			if err != nil {
				return err
			}
			c = cell{text: string(text)}
		case '{':
			if depth < MaxDepth {
				if err := r.add(name+".", c.raw, depth+1); err != nil {
					return err
				}
				continue
			}
		}
		if _, taken := r.index[name]; taken {
			continue // {"a.b": …} beside {"a": {"b": …}}: the first one counts
		}
		r.index[name] = len(r.cells)
		r.names = append(r.names, name)
		r.cells = append(r.cells, c)
	}
	return nil
}

// mendValue copies a JSON value, with what mend replaces replaced in its texts.
func mendValue(v jsontext.Value) jsontext.Value {
	var decoded any
	if !bytes.Contains(v, []byte(`\u0000`)) || json.Unmarshal(v, &decoded) != nil {
		return slices.Clone(v)
	}
	mended, err := json.Marshal(mendAny(decoded), json.Deterministic(true))
	if err != nil {
		return nil
	}
	return mended
}

func mendAny(v any) any {
	switch v := v.(type) {
	case string:
		s, _ := mend(v)
		return s
	case []any:
		for i := range v {
			v[i] = mendAny(v[i])
		}
	case map[string]any:
		for key, member := range v {
			delete(v, key)
			key, _ = mend(key)
			v[key] = mendAny(member)
		}
	}
	return v
}

// headerNames makes the names of a header unique: "Email", "Email (2)". A column
// without a name is called by its place.
func headerNames(header []string) []string {
	names := make([]string, len(header))
	for i, h := range header {
		if names[i] = strings.TrimSpace(h); names[i] == "" {
			names[i] = "column " + itoa(i+1)
		}
	}
	return unique(names, func(name string, n int) string { return name + " (" + itoa(n) + ")" })
}

// unique renames what is taken already.
func unique(names []string, rename func(name string, n int) string) []string {
	taken := make(map[string]bool, len(names))
	for _, n := range names {
		taken[n] = true
	}
	seen := make(map[string]int, len(names))
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name
		for n := seen[name] + 1; ; n++ {
			seen[name] = n
			if n == 1 {
				break
			}
			if out[i] = rename(name, n); !taken[out[i]] {
				taken[out[i]] = true
				break
			}
		}
	}
	return out
}

// traitName writes a column's name as traits are written: "Job Title" and
// "JobTitle" are job_title.
func traitName(column string) string {
	var b strings.Builder
	var last rune
	runes := []rune(column)
	for i, c := range runes {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) {
			last = 0
			continue
		}
		lower := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		begins := last == 0 || unicode.IsUpper(c) && (!unicode.IsUpper(last) || lower)
		if begins && b.Len() > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
		last = c
	}
	if b.Len() == 0 {
		return "column"
	}
	if b.Len() > MaxName {
		return strings.ToValidUTF8(b.String()[:MaxName], "")
	}
	return b.String()
}
