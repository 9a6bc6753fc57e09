package pipeline

import (
	"galena/internal/privacy"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// What is kept of people is one paper.
const (
	privacyDrawer = "privacy"
	policyPaper   = "policy"
)

// Policy is what the workspace keeps of people.
func Policy(from store.PaperReader) (privacy.Policy, error) {
	p := privacy.Default
	_, err := paper.Read(from, privacyDrawer, policyPaper, &p)
	return p, err
}
