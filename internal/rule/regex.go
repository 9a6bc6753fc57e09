package rule

import (
	"fmt"
	"regexp"
	"regexp/syntax"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// compilePattern compiles a pattern within MaxRegexp and MaxPattern.
func compilePattern(pattern string) (*regexp.Regexp, *Problem) {
	if len(pattern) > MaxRegexp {
		return nil, &Problem{
			Message:  "This pattern is too long.",
			Found:    fmt.Sprintf("%d bytes", len(pattern)),
			Expected: fmt.Sprintf("at most %d bytes", MaxRegexp),
		}
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		p := &Problem{Message: "This pattern is not well formed.", Expected: "a regular expression as RE2 knows them"}
		if e, ok := err.(*syntax.Error); ok {
			p.Message = fmt.Sprintf("This pattern is not well formed: %s.", e.Code)
			p.Found = clip(e.Expr)
			if e.Code == syntax.ErrInvalidPerlOp {
				p.Suggestion = "look-around and back references do not exist here; use two conditions"
			}
		}
		return nil, p
	}
	// The size is reckoned before anything is built, since a{1000} is built
	// thousandfold.
	if size := patternSize(tree); size > MaxPattern {
		return nil, &Problem{
			Message:    "This pattern is too large for its repetitions.",
			Found:      fmt.Sprintf("%d steps", size),
			Expected:   fmt.Sprintf("at most %d steps", MaxPattern),
			Suggestion: "repeat less, or use * or +",
		}
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil, &Problem{Message: "This pattern is not well formed."}
	}
	return compiled, nil
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
func precompiled(patterns map[string]*regexp.Regexp) *interpreter.RegexOptimization {
	return &interpreter.RegexOptimization{
		Function:   matchesFunction,
		RegexIndex: 1,
		Factory: func(call interpreter.InterpretableCall, pattern string) (interpreter.InterpretableCall, error) {
			compiled := patterns[pattern]
			if compiled == nil {
				return nil, fmt.Errorf("pattern %q was not compiled", pattern)
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
