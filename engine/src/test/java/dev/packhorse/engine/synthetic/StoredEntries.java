package dev.packhorse.engine.synthetic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** The entries of a zip by their local headers, one behind the other. Format: PKWARE's APPNOTE.TXT, 4.3.7. */
final class StoredEntries {

    private static final int LOCAL_HEADER = 0x04034b50;

    private StoredEntries() {}

    /**
     * An entry.
     *
     * @param method 0 for stored
     * @param offset of its first byte in the file
     * @param crcFits whether its checksum is that of its bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(int method, int offset, boolean crcFits, byte[] bytes) {

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    static Map<String, Entry> of(byte[] zip) {
        var entries = new LinkedHashMap<String, Entry>();
        var in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        var at = 0;
        while (in.getInt(at) == LOCAL_HEADER) {
            var nameLength = in.getShort(at + 26);
            var offset = at + 30 + nameLength + in.getShort(at + 28);
            var size = in.getInt(at + 18);
            var bytes = Arrays.copyOfRange(zip, offset, offset + size);
            var crc = new CRC32();
            crc.update(bytes);
            entries.put(
                    new String(zip, at + 30, nameLength, StandardCharsets.UTF_8),
                    new Entry(in.getShort(at + 8), offset, (int) crc.getValue() == in.getInt(at + 14), bytes));
            at = offset + size;
        }
        return entries;
    }
}
