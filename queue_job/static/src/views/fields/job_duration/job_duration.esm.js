import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const SECONDS = {day: 86400, hour: 3600, minute: 60};

/**
 * @param {Number} seconds
 * @returns {String} such as "350 ms", "4.2 s", "3 min 5 s", "2 h 10 min", "1 d 4 h"
 */
export function formatDuration(seconds) {
    if (!seconds) {
        return "";
    }
    if (seconds < 1) {
        return _t("%s ms", Math.max(1, Math.round(seconds * 1000)));
    }
    if (seconds < 10) {
        return _t("%s s", seconds.toFixed(1));
    }
    if (seconds < SECONDS.minute) {
        return _t("%s s", Math.round(seconds));
    }
    const whole = Math.round(seconds);
    if (whole < SECONDS.hour) {
        return _t("%(minutes)s min %(seconds)s s", {
            minutes: Math.floor(whole / SECONDS.minute),
            seconds: whole % SECONDS.minute,
        });
    }
    if (whole < SECONDS.day) {
        return _t("%(hours)s h %(minutes)s min", {
            hours: Math.floor(whole / SECONDS.hour),
            minutes: Math.floor((whole % SECONDS.hour) / SECONDS.minute),
        });
    }
    return _t("%(days)s d %(hours)s h", {
        days: Math.floor(whole / SECONDS.day),
        hours: Math.floor((whole % SECONDS.day) / SECONDS.hour),
    });
}

/** Shows a number of seconds in a readable form. */
export class JobDuration extends Component {
    static template = "queue.JobDuration";
    static props = {...standardFieldProps};

    get text() {
        return formatDuration(this.props.record.data[this.props.name]);
    }
}

export const jobDuration = {
    component: JobDuration,
    displayName: _t("Job Duration"),
    supportedTypes: ["float"],
};

registry.category("fields").add("job_duration", jobDuration);
