package rule

import "slices"

// Joint says how the parts of a condition go together.
type Joint uint8

const (
	One Joint = iota // there are none: the condition says one thing
	All
	Any
)

// Outline is a condition taken apart where && and || join what stands by itself,
// so that people can be told what of it holds.
type Outline struct {
	*Expr
	Joint Joint
	Parts []*Outline
}

// Outline takes a condition of a lead apart. Its parts have the memories of the
// whole; see Atom.
func (x *Expr) Outline() *Outline {
	whole := &Outline{Expr: x}
	joint, texts := divide(x.text)
	for _, text := range texts {
		part, problems := x.env.Compile(text)
		if len(problems) > 0 {
			return whole // it makes sense together only
		}
		for i := range part.atoms {
			a := &part.atoms[i]
			for _, of := range x.atoms {
				if a.asks(&of) {
					a.Memory, a.OtherMemory = of.Memory, of.OtherMemory
				}
			}
		}
		whole.Joint = joint
		whole.Parts = append(whole.Parts, part.Outline())
	}
	return whole
}

// asks says whether two atoms ask the same, whatever becomes of the answer.
func (a *Atom) asks(b *Atom) bool {
	return a.Kind == b.Kind && a.Slot == b.Slot && a.Window == b.Window && a.Op == b.Op && a.N == b.N && a.Path == b.Path && a.Other == b.Other
}

// divide finds the parts of a text that compiles; none if it says one thing.
func divide(text string) (Joint, []string) {
	l := &lexer{text: text}
	l.run()
	for len(l.tokens) > 2 && enclosed(l.tokens, text) {
		l.tokens = l.tokens[1 : len(l.tokens)-1]
	}
	if len(outermost(l.tokens, text, "?")) > 0 {
		return One, nil
	}
	joint, at := Any, outermost(l.tokens, text, "||")
	if len(at) == 0 {
		joint, at = All, outermost(l.tokens, text, "&&")
	}
	if len(at) == 0 {
		return One, nil
	}
	var parts []string
	from := 0
	for _, i := range append(at, len(l.tokens)) {
		parts = append(parts, text[l.tokens[from].start:l.tokens[i-1].end])
		from = i + 1
	}
	return joint, parts
}

// outermost are the places of an operator outside of all brackets.
func outermost(tokens []token, text, operator string) []int {
	var at []int
	depth := 0
	for i, t := range tokens {
		switch {
		case t.kind == openToken:
			depth++
		case t.kind == closeToken:
			depth--
		case depth == 0 && text[t.start:t.end] == operator:
			at = append(at, i)
		}
	}
	return at
}

// enclosed says whether the first bracket is closed by the last token.
func enclosed(tokens []token, text string) bool {
	if first := tokens[0]; first.kind != openToken || text[first.start:first.end] != "(" {
		return false
	}
	depth := 0
	return slices.IndexFunc(tokens, func(t token) bool {
		switch t.kind {
		case openToken:
			depth++
		case closeToken:
			depth--
		}
		return depth == 0
	}) == len(tokens)-1
}
