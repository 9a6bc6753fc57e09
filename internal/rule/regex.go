package rule

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"galena/internal/phrase"
)

// pattern is a compiled pattern.
type pattern struct {
	*regexp.Regexp
	size int // as patternSize has it
}

// compilePattern compiles a pattern within MaxRegexp, and within room steps.
func compilePattern(text string, room int) (pattern, *Problem) {
	if len(text) > MaxRegexp {
		return pattern{}, &Problem{
			Message:  phrase.New("This pattern is too long."),
			Found:    phrase.New("%d bytes", len(text)),
			Expected: phrase.New("at most %d bytes", MaxRegexp),
		}
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		p := &Problem{Message: phrase.New("This pattern is not well formed."), Expected: phrase.New("a regular expression as RE2 knows them")}
		if e, ok := err.(*syntax.Error); ok {
			p.Message = phrase.New("This pattern is not well formed: %s.", patternFault(e.Code))
			p.Found = phrase.Verbatim(clip(e.Expr))
			if strings.HasPrefix(e.Expr, "(?") {
				p.Suggestion = phrase.New("look-around and back references do not exist here; use two conditions")
			}
		}
		return pattern{}, p
	}
	// The size is reckoned before anything is built, since a{1000} is built
	// thousandfold.
	size := patternSize(tree)
	if size > room {
		return pattern{}, &Problem{
			Message:    phrase.New("The patterns of this condition are too large for their repetitions."),
			Found:      phrase.New("%d steps", MaxPattern-room+size),
			Expected:   phrase.New("at most %d steps", MaxPattern),
			Suggestion: phrase.New("repeat less, use * or +, or divide the condition"),
		}
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return pattern{}, &Problem{Message: phrase.New("This pattern is not well formed.")}
	}
	return pattern{Regexp: compiled, size: size}, nil
}

// patternFault says what the reader of patterns stumbled over.
func patternFault(code syntax.ErrorCode) phrase.Phrase {
	if said, known := patternFaults[code]; known {
		return said
	}
	return phrase.Verbatim(code.String())
}

var patternFaults = map[syntax.ErrorCode]phrase.Phrase{
	syntax.ErrInvalidCharClass:      phrase.Term("invalid character class"),
	syntax.ErrInvalidCharRange:      phrase.Term("invalid character class range"),
	syntax.ErrInvalidEscape:         phrase.Term("invalid escape sequence"),
	syntax.ErrInvalidNamedCapture:   phrase.Term("invalid named capture"),
	syntax.ErrInvalidPerlOp:         phrase.Term("invalid or unsupported Perl syntax"),
	syntax.ErrInvalidRepeatOp:       phrase.Term("invalid nested repetition operator"),
	syntax.ErrInvalidRepeatSize:     phrase.Term("invalid repeat count"),
	syntax.ErrInvalidUTF8:           phrase.Term("invalid UTF-8"),
	syntax.ErrMissingBracket:        phrase.Term("missing closing ]"),
	syntax.ErrMissingParen:          phrase.Term("missing closing )"),
	syntax.ErrMissingRepeatArgument: phrase.Term("missing argument to repetition operator"),
	syntax.ErrTrailingBackslash:     phrase.Term("trailing backslash at end of expression"),
	syntax.ErrUnexpectedParen:       phrase.Term("unexpected )"),
	syntax.ErrNestingDepth:          phrase.Term("expression nests too deeply"),
	syntax.ErrLarge:                 phrase.Term("expression too large"),
}

// patternSize estimates the instructions of a pattern's machine from above,
// stopping soon after MaxPattern.
func patternSize(re *syntax.Regexp) int {
	size := 1
	switch re.Op {
	case syntax.OpLiteral:
		size = len(re.Rune)
	case syntax.OpCharClass:
		// A class is one instruction, but its ranges are gone through at each.
		size = 1 + len(re.Rune)/16
	}
	for _, sub := range re.Sub {
		size += patternSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		times := re.Max
		if times < 0 {
			times = re.Min + 1
		}
		size *= max(times, 1)
	}
	return min(size, 1<<20)
}

// matchesFunction is the name that matches bears in the CEL that is run.
const matchesFunction = "@matches"

// precompiled hands CEL the patterns that were compiled with the condition.
func precompiled(patterns map[string]pattern) *interpreter.RegexOptimization {
	return &interpreter.RegexOptimization{
		Function:   matchesFunction,
		RegexIndex: 1,
		Factory: func(call interpreter.InterpretableCall, text string) (interpreter.InterpretableCall, error) {
			compiled, ok := patterns[text]
			if !ok {
				return nil, fmt.Errorf("pattern %q was not compiled", text)
			}
			return interpreter.NewCall(call.ID(), call.Function(), call.OverloadID(), call.Args(), func(values ...ref.Val) ref.Val {
				text, ok := values[0].(types.String)
				if !ok || len(text) > MaxMatched {
					return errUnknown
				}
				return types.Bool(compiled.MatchString(string(text)))
			}), nil
		},
	}
}
