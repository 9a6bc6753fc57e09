package app

import (
	"testing"
	"testing/synctest"
	"time"

	"galena/internal/fault"
	"galena/internal/privacy"
	"galena/internal/staff"
)

func TestPolicyIsKnownEverywhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newWatched()
		here, there := open(t, s), open(t, s)
		here.Share()
		there.Share()
		if p, err := there.Policy(t.Context()); p != privacy.Default || err != nil {
			t.Fatalf("nobody chose %s, %v", p, err)
		}
		chosen := privacy.Policy{Addresses: privacy.Dropped, Objections: privacy.GPCAlone, Visitors: privacy.Months(6), Rejects: privacy.Days(3)}
		if err := here.SetPolicy(t.Context(), chosen, &staff.User{Name: "Ada", Email: "ada@corp.example"}); err != nil {
			t.Fatal(err)
		}
		if p, err := here.Policy(t.Context()); p != chosen || err != nil {
			t.Errorf("here it is %s, %v", p, err)
		}
		time.Sleep(keysFresh + time.Nanosecond) // of the bubble's clock
		reads := s.reads
		for range 10 {
			if p, err := there.Policy(t.Context()); p != chosen || err != nil {
				t.Errorf("a second later another node has %s, %v", p, err)
			}
		}
		if s.reads != reads+1 {
			t.Errorf("it was read %d times in an instant", s.reads-reads)
		}
		if p, err := there.Reader.Policy(t.Context()); p != chosen || err != nil {
			t.Errorf("read it is %s, %v", p, err)
		}
		if err := here.SetPolicy(t.Context(), privacy.Policy{Addresses: "hashed"}, nil); fault.KindOf(err) != fault.Invalid {
			t.Errorf("hashed addresses: %v", err)
		}
		if err := here.SetPolicy(t.Context(), privacy.Policy{Addresses: privacy.Cut, Objections: "some"}, nil); fault.KindOf(err) != fault.Invalid {
			t.Errorf("some objections: %v", err)
		}
		entries, err := staff.New(s).Audit(t.Context(), "", 10)
		if err != nil || len(entries) != 1 {
			t.Fatalf("the record has %v, %v", entries, err)
		}
		if e := entries[0]; e.What != "privacy.changed" || e.By != "Ada" || e.More != "addresses dropped, idless off, objections gpc, visitors 6mo, leads never, rejects 3d, files never" {
			t.Errorf("the record has %+v", e)
		}
	})
}
