package words

import (
	"fmt"
	"io"
	"strings"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// Say is a phrase in the language of the voice, with numbers and moments as people write
// them there, and moments in the viewer's zone.
func (v *Voice) Say(p phrase.Phrase) string { return v.fill(p).In(v.Tongue()) }

// fill puts into the places of a phrase what writes itself as the voice does.
func (v *Voice) fill(p phrase.Phrase) phrase.Phrase {
	filled := p // also whether it is a clause
	filled.Args = nil
	for _, arg := range p.Args {
		switch x := arg.(type) {
		case phrase.Phrase:
			arg = v.fill(x)
		case lead.Time:
			arg = v.Exact(x)
		case int:
			arg = whole{v, int64(x)}
		case int64:
			arg = whole{v, x}
		case float64:
			arg = decimal{v, x}
		}
		filled.Args = append(filled.Args, arg)
	}
	return filled
}

// whole fills a place with a whole number.
type whole struct {
	voice *Voice
	n     int64
}

// Format writes it in groups of three digits where no width or base is asked for.
func (w whole) Format(f fmt.State, verb rune) {
	text := fmt.Sprintf(fmt.FormatString(f, verb), w.n)
	if fmt.FormatString(f, verb) == "%d" {
		text = w.voice.Number(int(w.n))
	}
	_, _ = io.WriteString(f, text) // into a text, which cannot fail
}

// decimal fills a place with a number that has a fraction.
type decimal struct {
	voice *Voice
	x     float64
}

// Format writes it with the mark of the language.
func (d decimal) Format(f fmt.State, verb rune) {
	text := fmt.Sprintf(fmt.FormatString(f, verb), d.x)
	if d.voice.Lang == "de" {
		text = strings.Replace(text, ".", ",", 1)
	}
	_, _ = io.WriteString(f, text) // into a text, which cannot fail
}
