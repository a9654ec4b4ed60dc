app_name = "ai_assistant"
app_title = "AI Assistant"
app_publisher = "AI Assistant contributors"
app_description = "Answers chat messages as a live stream"
app_email = "ai-assistant@example.com"
app_license = "mit"

require_type_annotated_api_methods = True
export_python_type_annotations = True

before_install = "ai_assistant.hosts.frappe.install.before_install"
before_uninstall = "ai_assistant.hosts.frappe.install.before_uninstall"
after_migrate = ["ai_assistant.hosts.frappe.install.after_migrate"]

app_include_js = ["ai_assistant.bundle.js"]

auth_hooks = ["ai_assistant.hosts.frappe.auth.sign_in_bearer"]

permission_query_conditions = {
	"AI Conversation": "ai_assistant.ai_assistant.permissions.own_conversations",
	"AI Message": "ai_assistant.ai_assistant.permissions.own_messages",
	"AI Attachment": "ai_assistant.ai_assistant.permissions.own_attachments",
	"AI Run": "ai_assistant.ai_assistant.permissions.own_runs",
	"AI Spending": "ai_assistant.ai_assistant.permissions.own_spendings",
	"AI Preferences": "ai_assistant.ai_assistant.permissions.own_preferences",
}
has_permission = dict.fromkeys(
	permission_query_conditions, "ai_assistant.ai_assistant.permissions.has_permission"
)

doc_events = {
	doctype: dict.fromkeys(("on_update", "on_trash"), "ai_assistant.hosts.frappe.settings.tell_change")
	for doctype in ("AI Assistant Settings", "AI Provider")
}

scheduler_events = {"cron": {"* * * * *": ["ai_assistant.hosts.frappe.schedule.every_minute"]}}

default_log_clearing_doctypes = {"AI Run": 90}
