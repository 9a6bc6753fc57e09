package rule

// Expr is a compiled condition.
type Expr struct{}
