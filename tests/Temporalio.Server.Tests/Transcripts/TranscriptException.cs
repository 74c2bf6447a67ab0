namespace Temporalio.Server.Tests.Transcripts;

/// <summary>A transcript could not be played to its end.</summary>
public sealed class TranscriptException(string message) : Exception(message);
