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

// PutPolicy replaces the policy.
func PutPolicy(tx store.Tx, p privacy.Policy) error {
	return paper.Write(tx, privacyDrawer, policyPaper, &p)
}
