package rule

import (
	"slices"
	"sort"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"

	"galena/internal/phrase"
)

// compiler is the state of one Compile.
type compiler struct {
	env      *Env
	text     string
	tokens   []token
	tree     *ast.AST
	make     ast.ExprFactory
	patterns map[string]pattern
	steps    int      // of the patterns so far
	loops    []string // loop variables in scope while names are resolved
	problems []Problem
	x        *Expr
	number   *Number // what is being compiled where it is no condition; else nil
}

func newCompiler(e *Env, text string) *compiler {
	return &compiler{
		env:      e,
		text:     text,
		make:     ast.NewExprFactory(),
		patterns: map[string]pattern{},
		x:        &Expr{text: text, env: e},
	}
}

// Compile checks text and compiles it. Either the Expr is not nil or there is at
// least one problem.
func (e *Env) Compile(text string) (*Expr, []Problem) {
	c := newCompiler(e, text)
	c.run()
	if len(c.problems) > 0 {
		return nil, tidy(c.problems)
	}
	return c.x, nil
}

func (c *compiler) run() {
	if !c.read() {
		return
	}
	parsed, issues := c.env.cel.Parse(celText(c.text, c.tokens))
	if errs := issues.Errors(); len(errs) > 0 {
		c.parseProblems(errs)
		return
	}
	c.tree = parsed.NativeRep()
	root := c.tree.Expr()
	c.resolve(root)
	if n := (nesting{}); n.of(root) > maxNested {
		c.report(root, Problem{
			Message:  phrase.New("Lists and maps are nested more than %d deep.", maxNested),
			Expected: phrase.New("at most %d levels", maxNested),
		})
		return
	}
	if c.full() {
		return
	}
	c.widen(root, false)
	checked, issues := c.env.cel.Check(parsed)
	if errs := issues.Errors(); len(errs) > 0 {
		c.typeProblems(errs)
		return
	}
	c.checkResult(root, checked.OutputType())
	if len(c.problems) > 0 {
		return
	}
	c.tree = checked.NativeRep()
	c.plan()
}

// checkResult reports a condition that is no truth and a number that is none.
func (c *compiler) checkResult(root ast.Expr, t *cel.Type) {
	switch {
	case t == cel.DynType:
	case c.number != nil && t != cel.DoubleType && t != cel.IntType:
		c.report(root, Problem{
			Message:    phrase.New("This gives no number."),
			Found:      kindName(t.String()).said(),
			Expected:   phrase.New("a number such as properties.seats * 2"),
			Suggestion: phrase.New("write condition ? 10 : 0 to make a number of a truth"),
		})
	case c.number == nil && t != cel.BoolType:
		c.report(root, Problem{
			Message:    phrase.New("The condition as a whole is neither true nor false."),
			Found:      kindName(t.String()).said(),
			Expected:   phrase.New("a comparison or another truth"),
			Suggestion: phrase.New("compare it with something"),
		})
	}
}

// read cuts the text into tokens and says whether it is worth parsing.
func (c *compiler) read() bool {
	if c.env.broken != nil {
		c.problems = append(c.problems, Problem{Message: phrase.New("No condition can be read here: %s.", c.env.broken)})
		return false
	}
	if len(c.text) > MaxText {
		c.problems = append(c.problems, Problem{
			Offset: MaxText, Length: len(c.text) - MaxText,
			Message:    phrase.New("The condition is too long."),
			Found:      phrase.New("%d bytes", len(c.text)),
			Expected:   phrase.New("at most %d bytes", MaxText),
			Suggestion: phrase.New("divide it into several signals or rules"),
		})
		return false
	}
	if !utf8.ValidString(c.text) {
		at := 0
		for r, size := utf8.DecodeRuneInString(c.text); r != utf8.RuneError || size > 1; r, size = utf8.DecodeRuneInString(c.text[at:]) {
			at += size
		}
		c.problems = append(c.problems, Problem{Offset: at, Length: 1, Message: phrase.New("The condition is not valid UTF-8.")})
		return false
	}
	l := &lexer{text: c.text}
	l.run()
	c.tokens = l.tokens
	c.problems = l.problems
	if len(c.tokens) == 0 {
		if len(c.problems) == 0 {
			c.problems = append(c.problems, Problem{Message: phrase.New("The condition is empty."), Expected: phrase.New("a comparison, or true")})
		}
		return false
	}
	s := &shape{text: c.text, tokens: c.tokens}
	s.run()
	c.problems = append(c.problems, s.problems...)
	return len(c.problems) == 0
}

// tokenAt finds the token that stands at a code point of the CEL text.
func (c *compiler) tokenAt(at int) int {
	return max(0, sort.Search(len(c.tokens), func(i int) bool { return c.tokens[i].at > at })-1)
}

// tokenOf is the token by which CEL places a node.
func (c *compiler) tokenOf(e ast.Expr) int {
	r, _ := c.tree.SourceInfo().GetOffsetRange(e.ID())
	return c.tokenAt(int(r.Start))
}

// nameOf is the token of the name in a call or a selection.
func (c *compiler) nameOf(e ast.Expr) int {
	i := c.tokenOf(e)
	switch {
	case c.tokens[i].kind == openToken && i > 0 && c.tokens[i-1].kind == nameToken:
		return i - 1
	case c.tokens[i].kind == dotToken && i+1 < len(c.tokens):
		return i + 1
	}
	return i
}

// report adds a problem with the whole of an expression.
func (c *compiler) report(e ast.Expr, p Problem) {
	first, last := len(c.tokens)-1, 0
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		i := c.tokenOf(e)
		first, last = min(first, i, c.nameOf(e)), max(last, i, c.nameOf(e), c.tokens[i].mate)
		if c.tokens[i].kind == minusToken && e.Kind() == ast.LiteralKind && i+1 < len(c.tokens) {
			last = max(last, i+1)
		}
	}))
	p.Offset, p.Length = c.tokens[first].start, c.tokens[last].end-c.tokens[first].start
	c.problems = append(c.problems, p)
}

// reportName adds a problem with the name in an expression.
func (c *compiler) reportName(e ast.Expr, p Problem) { c.reportToken(c.nameOf(e), p) }

func (c *compiler) reportToken(i int, p Problem) {
	p.Offset, p.Length = c.tokens[i].start, c.tokens[i].end-c.tokens[i].start
	c.problems = append(c.problems, p)
}

// plan builds the native predicates and the CEL programs.
func (c *compiler) plan() {
	slices.Sort(c.x.fields)
	c.x.fields = slices.Compact(c.x.fields)
	for i, t := range c.x.truths {
		if at, ok := t.(atomAt); ok {
			c.x.truths[i] = atomTest{atom: &c.x.atoms[at]}
		}
	}
	root := c.tree.Expr()
	c.findReads(root)
	n := &nativePlan{compiler: c}
	if c.number != nil {
		c.planNumber(n, root)
		return
	}
	whole := c.inCEL(root)
	c.x.byCEL = whole
	c.x.run = n.predicate(root)
	c.x.native = c.x.run != nil && !n.usedCEL
	if c.x.run == nil {
		c.x.run = whole
	}
	c.markAtoms()
}

// planNumber is plan for a Number.
func (c *compiler) planNumber(n *nativePlan, root ast.Expr) {
	whole := numeric(noNumber{})
	if program := c.program(root); program != nil {
		whole = celNumber{x: c.x, program: program}
	}
	c.number.cel = whole
	c.number.run = n.numeric(root)
	c.x.native = c.number.run != nil && !n.usedCEL
	if c.number.run == nil {
		c.number.run = whole
	}
	for i := range c.x.atoms {
		c.x.atoms[i].Rising, c.x.atoms[i].Falling = true, true
	}
}

// inCEL makes a predicate of a part of the tree that runs in CEL.
func (c *compiler) inCEL(e ast.Expr) predicate {
	program := c.program(e)
	if program == nil {
		return constant(Unknown)
	}
	return celTest{x: c.x, program: program}
}

// program makes a program of a part of the tree; nil (and reported) if it can
// never run.
func (c *compiler) program(e ast.Expr) cel.Program {
	part := ast.NewCheckedAST(ast.NewAST(e, c.tree.SourceInfo()), c.tree.TypeMap(), c.tree.ReferenceMap())
	program, err := c.env.cel.PlanProgram(part,
		cel.EvalOptions(cel.OptOptimize),
		cel.OptimizeRegex(precompiled(c.patterns)),
		cel.CostTracking(prices{patterns: c.patterns}),
		cel.CostLimit(MaxCost),
	)
	if err != nil {
		c.report(e, Problem{Message: phrase.New("This can never be computed: %s.", clip(err.Error()))})
		return nil
	}
	return program
}
