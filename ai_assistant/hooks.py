app_name = "ai_assistant"
app_title = "AI Assistant"
app_publisher = "AI Assistant contributors"
app_description = "Answers chat messages as a live stream"
app_email = "ai-assistant@example.com"
app_license = "mit"

require_type_annotated_api_methods = True
export_python_type_annotations = True
