package dev.packhorse.storetests;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What logs would show of an exception. */
final class Failed {

    private Failed() {}

    static String text(Throwable e) {
        var text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
