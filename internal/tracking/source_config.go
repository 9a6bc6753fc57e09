package tracking

import "net/http"

// sourceConfig is the document that RudderStack's browser library asks for before
// it sends anything. Like the settings document it is the same for every key.
type sourceConfig struct{}

// rudderSource is what the library insists on: an id, a config and a list of
// destinations. It lets the library send nothing to its makers, neither errors
// nor metrics, and load nobody's code.
const rudderSource = `{"source":{"id":"galena","name":"Galena","enabled":true,"workspaceId":"galena",` +
	`"config":{"statsCollection":{"errors":{"enabled":false},"metrics":{"enabled":false}}},"destinations":[]}}`

func (sourceConfig) write(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "public, max-age="+settingsSeconds)
	writeText(w, http.StatusOK, []byte(rudderSource))
}
