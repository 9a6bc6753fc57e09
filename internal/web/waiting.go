package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"galena/internal/lead"
	"galena/internal/web/asset"
	"galena/internal/web/view"
	"galena/internal/web/words"
)

// RestoringPath is where whoever began a restore sees how far it is, and how it came
// out. The address holds a token.
const RestoringPath = "/restoring"

// comeAgain is after how many seconds somebody may ask again who found no workspace.
const comeAgain = "5"

// WaitingConfig says what is shown while no workspace is there.
type WaitingConfig struct {
	// Progress tells how far the restore with a token is: mine says that there is one,
	// busy that any is under way.
	Progress func(token string) (told Restoring, mine, busy bool)
	Logger   *slog.Logger
}

// NewWaiting makes the pages of the time in which a backup takes the place of the
// workspace. They need none, and know nobody.
func NewWaiting(cfg WaitingConfig) http.Handler {
	s := &Site{Config: Config{Clock: func() lead.Time { return lead.TimeOf(time.Now()) }, Logger: cfg.Logger}}
	mux := http.NewServeMux()
	mux.Handle("GET "+asset.Prefix, asset.Handler())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		q := &request{Request: r, site: s, w: w, route: Route{Pattern: "GET " + RestoringPath}}
		guard(w.Header())
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "strict-origin")
		q.voice = &words.Voice{Lang: words.Choose("", r.Header.Get("Accept-Language")), Zone: time.UTC, Now: s.Clock()}
		asking := r.URL.Path == RestoringPath && r.Method == http.MethodGet
		token := ""
		if asking {
			token = r.FormValue("of")
			q.voice.Lang = words.Choose(r.FormValue("lang"), r.Header.Get("Accept-Language"))
		}
		told, mine, busy := cfg.Progress(token)
		var err error
		switch {
		case asking && mine:
			p := q.progress(&told, token)
			if q.partial() {
				err = q.show(p.State())
			} else {
				err = q.show(p.Render())
			}
		case asking && !busy:
			err = q.goTo("/")
		default:
			w.Header().Set("Retry-After", comeAgain)
			if r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/setup") {
				w.Header().Set("Refresh", comeAgain)
			}
			err = q.showAs(http.StatusServiceUnavailable, view.Failure(q.frame("", q.t("restore.away")), q.t("restore.away_help")))
		}
		if err != nil {
			q.fail(err)
		}
	})
	return mux
}

// progress is the page of a restore.
func (q *request) progress(told *Restoring, token string) *view.Restoring {
	p := &view.Restoring{
		Frame: q.frame("", q.t("restore.title")), Path: RestoringPath + "?" + url.Values{"of": {token}, "lang": {q.voice.Lang}}.Encode(),
		Over: told.Step == StepOver, Made: told.Made, Holds: held(&told.Holds), Kept: told.Kept, Setup: told.Setup,
	}
	at := slices.Index(RestoreSteps, told.Step)
	for i, step := range RestoreSteps {
		p.Steps = append(p.Steps, view.RestoreStep{Name: string(step), Done: i < at || p.Over, Now: i == at})
	}
	if told.Failed != nil {
		p.Failed = q.fault(told.Failed)
	}
	return p
}
