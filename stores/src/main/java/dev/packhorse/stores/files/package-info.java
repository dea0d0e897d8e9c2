/**
 * Files: Arrow IPC, and Parquet and JSON as hosted stores import them.
 *
 * <p>The kinds are {@code ArrowKind}, {@code ArrowStreamKind}, {@code ParquetKind}, {@code PineconeKind}, {@code MilvusKind} and
 * {@code VertexKind}, each a {@code FileKind}, with {@code FileOptions}. All of them open a {@code FileStore}: a {@code Place} of {@code Folder}s, a
 * {@code FileFormat} and a {@code Publishing}. Tasks write with a {@code PartWriter}, which tells what it wrote as a {@code Part}
 * and what it could not as {@code Refusals}; the driver publishes parts by {@code FolderPublishing}, {@code StreamPublishing} or
 * {@code BatchPublishing}, many {@code AtATime}, and a {@code Manifest} says what is there. {@code Failures} makes messages.
 *
 * <p>Formats: {@code ArrowFormat} writes with an {@code IpcWriter}; {@code ParquetFormat} with {@code ParquetBatches} and {@code Cells},
 * by a {@code ParquetProfile} that is a {@code ColumnsProfile} or the {@code PineconeProfile} with its {@code PineconeMetadata}, and
 * reads with {@code ParquetVectors}; {@code VertexFormat} writes lines of JSON. {@code RowJson} is what those made of JSON have in
 * common, {@code RowRefused} what they cannot say.
 */
package dev.packhorse.stores.files;
