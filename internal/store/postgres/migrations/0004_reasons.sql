-- Why a lead left the funnel, or was put somewhere by a person.
ALTER TABLE decisions ADD COLUMN reason text NOT NULL DEFAULT '';
