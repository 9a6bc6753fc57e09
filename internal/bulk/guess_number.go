package bulk

import (
	"slices"
	"strings"
)

const (
	// sampleRows is how many rows are looked at to find out how numbers are written,
	// at most, of those in the table's first buffer.
	sampleRows = 200
	// telling is how many different numbers must look the same before the delimiter
	// alone decides what they are: one may be an accident.
	telling = 2
)

// guessNumbers finds out how the columns are written that the playbook takes as
// numbers, and says so in the mapping where the file leaves no doubt. traits are the
// names of those. What reads as a plain number alone needs no word.
func (rd *Reader) guessNumbers(traits []string) {
	m := rd.mapping
	if rd.table == nil {
		return
	}
	columns := rd.numberColumns(traits)
	if len(columns) == 0 {
		return
	}
	samples := rd.table.samples(rd.names)
	evidence := ""
	for _, name := range rd.names {
		// A table of addresses has much that looks like numbers: what is no number of the
		// playbook tells only by a fraction.
		_, number := columns[name]
		if !number && rd.builder.used[name] {
			continue
		}
		if mark := sampleOf(samples[name]).mark(!number); !strings.Contains(evidence, mark) {
			evidence += mark
		}
	}
	delimiter := rd.table.delimiter
	if delimiter == ';' && evidence == "." {
		evidence += "," // they contradict each other
	}
	for i := range m.Traits {
		if f := &m.Traits[i]; columns[f.Column] == f.Name {
			f.Numbers = sampleOf(samples[f.Column]).form(evidence, delimiter)
			if strings.HasPrefix(f.Column, ownAttribute) && !m.KeepRest { // we wrote it
				f.Numbers = PlainNumbers
			}
			delete(columns, f.Column)
		}
	}
	for _, name := range rd.names {
		trait := columns[name]
		if trait == "" {
			continue
		}
		if form := sampleOf(samples[name]).form(evidence, delimiter); form != "" {
			m.Traits = append(m.Traits, Field{Name: trait, Datum: Datum{Column: name, Numbers: form}})
		}
	}
}

// numberColumns are the columns that become one of the traits, with which.
func (rd *Reader) numberColumns(traits []string) map[string]string {
	columns := map[string]string{}
	for _, f := range rd.mapping.Traits {
		if f.Column != "" && slices.Contains(traits, f.Name) {
			columns[f.Column] = f.Name
		}
	}
	if !rd.mapping.KeepRest {
		return columns
	}
	rest, names := rd.builder.rest(rd.names)
	called := map[string]int{}
	for _, column := range rest {
		called[traitName(column)]++
	}
	for i, column := range rest {
		// Of several of one name none can be taken out of the rest without renaming others.
		if slices.Contains(traits, names[i]) && called[traitName(column)] == 1 {
			columns[column] = names[i]
		}
	}
	return columns
}

// samples are the different texts of each column in the rows that are read already,
// without going on to them.
func (t *table) samples(names []string) map[string][]string {
	texts := make(map[string][]string, len(names))
	rest := t.buf[t.at:]
	for range sampleRows {
		cells, width, state := cut(rest, t.delimiter, t.done)
		if len(rest) == 0 || state != rowWhole {
			break
		}
		rest = rest[width:]
		for i, c := range cells[:min(len(cells), len(names))] {
			text := strings.TrimSpace(unguard(decodeText(c)))
			if name := names[i]; text != "" && !slices.Contains(texts[name], text) {
				texts[name] = append(texts[name], text)
			}
		}
	}
	return texts
}

// numberSample is what a column's texts tell of their form.
type numberSample struct {
	texts []string       // that some form reads
	forms []*numberSigns // that read them all
	whole bool           // every text of the column is among them
}

func sampleOf(texts []string) *numberSample {
	s := &numberSample{whole: true}
	for i := range numberForms {
		s.forms = append(s.forms, &numberForms[i])
	}
	for _, text := range texts {
		unread := func(f *numberSigns) bool { _, ok := f.read(text); return !ok }
		if !slices.ContainsFunc(numberForms, func(f numberSigns) bool { return !unread(&f) }) {
			s.whole = false
			continue
		}
		s.texts = append(s.texts, text)
		s.forms = slices.DeleteFunc(s.forms, unread)
	}
	if len(s.texts) == 0 {
		s.forms = nil
	}
	return s
}

// agree says that forms read the texts as the same numbers.
func (s *numberSample) agree(forms []*numberSigns) bool {
	for _, text := range s.texts {
		for _, f := range forms {
			one, _ := forms[0].read(text)
			other, _ := f.read(text)
			if floatOf(one) != floatOf(other) {
				return false
			}
		}
	}
	return len(forms) > 0
}

// mark is the sign of the fraction, if the column leaves no doubt about it; shown
// asks for a fraction.
func (s *numberSample) mark(shown bool) string {
	if !s.whole || !s.agree(s.forms) {
		return ""
	}
	mark := s.forms[0].mark
	if slices.ContainsFunc(s.forms, func(f *numberSigns) bool { return f.mark != mark }) {
		return ""
	}
	if shown && !slices.ContainsFunc(s.texts, func(text string) bool { return strings.Contains(text, mark) }) {
		return ""
	}
	return mark
}

// form is how the column is written: "" if as plain numbers, or if there is doubt.
// evidence are the signs of fractions in the file.
func (s *numberSample) form(evidence string, delimiter byte) NumberForm {
	forms := s.forms
	switch {
	case len(forms) == 0:
		return ""
	case s.agree(forms):
	case len(evidence) == 1:
		forms = slices.DeleteFunc(slices.Clone(forms), func(f *numberSigns) bool { return f.mark != evidence })
	case evidence == "":
		forms = s.byDelimiter(delimiter)
	default:
		return ""
	}
	if !s.agree(forms) || forms[0].form == PlainNumbers {
		return ""
	}
	return forms[0].form
}

// byDelimiter are the forms for which the delimiter speaks. A spreadsheet writes
// semicolons where its commas begin fractions. Only for thousands is it believed:
// several numbers, each with three digits behind its sign, are no fractions.
func (s *numberSample) byDelimiter(delimiter byte) []*numberSigns {
	form := map[byte]NumberForm{';': "1.234,5", ',': "1,234.5"}[delimiter]
	for _, f := range s.forms {
		if f.form != form {
			continue
		}
		grouped := 0
		for _, text := range s.texts {
			if strings.Contains(text, f.thousands) {
				grouped++
			}
		}
		if grouped >= telling {
			return []*numberSigns{f}
		}
	}
	return nil
}
