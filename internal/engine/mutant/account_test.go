package mutant

// accountMutations are mistakes about what a company tells its people.
var accountMutations = []mutation{
	{"what another company tells is believed", "account.go",
		"account == \"\" || account != f.s.attributes[playbook.BuiltinAccount].Text", "account == \"\""},
	{"what cannot be read of a company clears an attribute", "account.go",
		"if !readable {", "if !readable && a.Kind == lead.Missing {"},
	{"rules do not hear of the company", "account.go",
		"f.refreshHolds(e.MessageID)", ""},
	{"criteria do not hear of the company", "account.go",
		"f.evaluate(now, e.MessageID)", ""},
	{"a company's word is a person's", "account.go",
		"find(a.From, lead.Group, traits, nil)", "find(a.From, lead.Identify, traits, nil)"},
}
