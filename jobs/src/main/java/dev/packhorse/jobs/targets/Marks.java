package dev.packhorse.jobs.targets;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a run says of the rows that it publishes, kept with them. Names are Packhorse's own, never changed. */
public final class Marks {

    /** What stands in front of each. */
    public static final String PREFIX = "packhorse.";

    /** The model's fingerprint. */
    public static final String FINGERPRINT = PREFIX + "fingerprint";
    /** What else decides vectors, as text. */
    public static final String SETTINGS = PREFIX + "settings";
    /** Which rows of the source have no id: a hash over them. */
    public static final String WITHOUT_ID = PREFIX + "rows-without-id";
    /** The model's name. */
    public static final String MODEL = PREFIX + "model";
    /** The run's id. */
    public static final String RUN = PREFIX + "run";
    /** Rows of the source. */
    public static final String SOURCE_ROWS = PREFIX + "source-rows";
    /** Texts that were encoded for it. */
    public static final String ENCODED = PREFIX + "encoded";

    private Marks() {}

    /** Those among other entries. */
    static Map<String, String> among(Map<String, String> entries) {
        var marks = new LinkedHashMap<String, String>();
        entries.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                marks.put(key, value);
            }
        });
        return marks;
    }
}
