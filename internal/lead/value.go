package lead

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Kind is the type of an attribute. The numbers are stored.
type Kind uint8

const (
	// Missing is no value: never given, null or empty text.
	Missing Kind = iota
	Text
	Number
	Bool
	// Moment is a point in time.
	Moment
	// List is a list of texts.
	List
)

var kindNames = [...]string{"missing", "text", "number", "bool", "time", "list"}

func (k Kind) String() string { return kindNames[k] }

// KindNamed finds a kind by the word that playbooks use; false if there is none.
func KindNamed(s string) (Kind, bool) {
	for k := Text; k <= List; k++ {
		if kindNames[k] == s {
			return k, true
		}
	}
	return Missing, false
}

// Value is one attribute's value. The zero Value is missing. Only the member
// that Kind names is set.
type Value struct {
	Kind Kind
	Text string
	Num  float64 // Number; for Bool 0 or 1; for Moment milliseconds since the epoch
	List []string
}

// Limits of a stored attribute; what is longer is cut (texts) or dropped (items).
const (
	MaxText  = 1024
	MaxItems = 100
)

// Convert reads a decoded JSON value (nil, bool, float64, string, []any) as an
// attribute of the wanted kind. Texts that say a number, a truth or a time are
// read as such, since forms and files know only texts. What cannot be read is
// Missing and false.
func Convert(v any, want Kind) (Value, bool) {
	missing := Value{}
	switch v := v.(type) {
	case nil:
		return missing, true
	case string:
		s := strings.TrimSpace(v)
		if s == "" {
			return missing, true
		}
		switch want {
		case Text:
			return Value{Kind: Text, Text: cut(s)}, true
		case Number:
			n, err := strconv.ParseFloat(s, 64)
			if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
				return missing, false
			}
			return Value{Kind: Number, Num: n}, true
		case Bool:
			switch strings.ToLower(s) {
			case "true", "yes", "1", "y":
				return Value{Kind: Bool, Num: 1}, true
			case "false", "no", "0", "n":
				return Value{Kind: Bool}, true
			}
			return missing, false
		case Moment:
			for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02"} {
				if t, err := time.Parse(layout, s); err == nil {
					return Value{Kind: Moment, Num: float64(TimeOf(t))}, true
				}
			}
			return missing, false
		case List:
			return Value{Kind: List, List: []string{cut(s)}}, true
		}
	case float64:
		switch want {
		case Text:
			return Value{Kind: Text, Text: strconv.FormatFloat(v, 'f', -1, 64)}, true
		case Number:
			return Value{Kind: Number, Num: v}, true
		case Bool:
			if v == 0 || v == 1 {
				return Value{Kind: Bool, Num: v}, true
			}
		case Moment:
			// Seconds or milliseconds since the epoch, told apart by size (year 5138 against 1973).
			if v >= 0 && v < 1e11 {
				return Value{Kind: Moment, Num: math.Trunc(v * 1000)}, true
			}
			if v < 1e15 && v > 0 {
				return Value{Kind: Moment, Num: math.Trunc(v)}, true
			}
		}
	case bool:
		n := 0.0
		if v {
			n = 1
		}
		switch want {
		case Bool:
			return Value{Kind: Bool, Num: n}, true
		case Text:
			return Value{Kind: Text, Text: strconv.FormatBool(v)}, true
		}
	case []any:
		if want == List {
			var items []string
			for _, e := range v {
				if s, ok := e.(string); ok && len(items) < MaxItems {
					items = append(items, cut(s))
				}
			}
			if len(items) == 0 {
				return missing, true
			}
			return Value{Kind: List, List: items}, true
		}
	}
	return missing, false
}

func cut(s string) string {
	if len(s) <= MaxText {
		return s
	}
	return strings.ToValidUTF8(s[:MaxText], "")
}

// String writes v for people; Missing is "".
func (v Value) String() string {
	switch v.Kind {
	case Text:
		return v.Text
	case Number:
		return strconv.FormatFloat(v.Num, 'f', -1, 64)
	case Bool:
		return strconv.FormatBool(v.Num == 1)
	case Moment:
		return Time(v.Num).String()
	case List:
		return strings.Join(v.List, ", ")
	}
	return ""
}

// Equal says whether two values are the same.
func (v Value) Equal(w Value) bool {
	if v.Kind != w.Kind || v.Text != w.Text || v.Num != w.Num || len(v.List) != len(w.List) {
		return false
	}
	for i := range v.List {
		if v.List[i] != w.List[i] {
			return false
		}
	}
	return true
}
