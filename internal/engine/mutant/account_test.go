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
	{"a later path of the company's overrules an earlier one", "attribute.go",
		"had > 0 && had-1 < path", "had < 0 && had-1 < path"},
	{"by which path a company told is remembered of the next one", "attribute.go",
		"			clear(s.paths)\n", ""},
	{"by which path a company told is not remembered", "account.go",
		"f.s.paths[slot] = path + 1", "f.s.paths[slot] = 0"},
	{"by which path a company told is not put away", "codec.go",
		"w.int(int64(s.paths[i]))", "w.int(0)"},
	{"a company's word is a person's", "account.go",
		"find(a.From, lead.Group, traits, nil)", "find(a.From, lead.Identify, traits, nil)"},
}
